package approval

import "testing"

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"Tuesday", "  TERÇA-feira. ", "٤", "الثلاثاء", "", "\xff", "ﬁve", "4️⃣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := plain(s)
		if twice := plain(once); len(once) <= 200 && twice != once {
			t.Errorf("%q becomes %q and then %q", s, once, twice)
		}
		if right(1, s) != (once == "tuesday" || once == "tue" || once == plain("terça-feira") || once == plain("terça") ||
			once == plain("الثلاثاء") || once == plain("يوم الثلاثاء") || once == plain("ثلاثاء")) {
			t.Errorf("%q is judged wrongly", s)
		}
	})
}
