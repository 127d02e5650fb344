package media

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"dayroom/internal/core"
)

// TestMain lets the test executable be its own worker, as cmd/dayroom is; and some bad workers.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case WorkerArg:
			os.Exit(WorkerMain(os.Stdin, os.Stdout))
		case "worker-that-hoards":
			os.Exit(hoard())
		case "worker-that-tells":
			if os.Getenv("DAYROOM_SECRET") == "" {
				os.Exit(WorkerMain(os.Stdin, os.Stdout))
			}
			os.Exit(1)
		case "worker-that-hangs":
			select {}
		case "worker-that-babbles":
			for {
				if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
					os.Exit(1)
				}
			}
		}
	}
	os.Exit(m.Run())
}

// hoard takes four times the memory that a worker may have, and succeeds only where nothing stops it.
func hoard() int {
	if limitSelf() != nil {
		return 1
	}
	var kept [][]byte
	for range 64 {
		kept = append(kept, make([]byte, 64<<20))
	}
	_, _ = os.Stdout.Write(refusal("media.too_large"))
	return 64 - len(kept)
}

func worker(t testing.TB, arg string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{self, arg}
}

func refused(t *testing.T, err error, code core.Code, key string) {
	t.Helper()
	var e *core.Error
	if !errors.As(err, &e) || e.Code != code || e.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func TestAChildMakesWhatTheFunctionMakes(t *testing.T) {
	data := jpegWithExif(asJPEG(t, scene(2000, 1000)), 6)
	got, err := NewProcessor(Options{}).Process(t.Context(), bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := made(t, data)
	if !bytes.Equal(got.Full.Data, want.Full.Data) || !bytes.Equal(got.Thumb.Data, want.Thumb.Data) || got.Full.Height != 1600 {
		t.Error("the child's pictures differ")
	}
}

func TestAChildTellsWhyItRefuses(t *testing.T) {
	p := NewProcessor(Options{})
	for key, data := range map[string][]byte{
		"media.not_an_image":    []byte("hello"),
		"media.too_many_pixels": pngOfSize(1<<16, 1<<16),
		"media.broken":          pngOfSize(5000, 5000),
		"media.too_large":       append(asPNG(t, corners(9, 9)), make([]byte, MaxBytes)...),
	} {
		_, err := p.Process(t.Context(), bytes.NewReader(data))
		refused(t, err, core.Invalid, key)
	}
	_, err := p.Process(t.Context(), bytes.NewReader(webpMoving))
	refused(t, err, core.Invalid, "media.not_an_image")
}

func TestAnUploadThatBreaksOffIsRefused(t *testing.T) {
	_, err := NewProcessor(Options{}).Process(t.Context(), brokenReader{})
	refused(t, err, core.Invalid, "media.broken")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("line lost") }

func TestABadWorkerDoesNoHarm(t *testing.T) {
	data := asPNG(t, corners(9, 9))
	for _, arg := range []string{"worker-that-hoards", "worker-that-babbles"} {
		if strings.HasSuffix(arg, "hoards") && !memoryIsLimited {
			continue // no limit on this system
		}
		_, err := NewProcessor(Options{Command: worker(t, arg)}).Process(t.Context(), bytes.NewReader(data))
		refused(t, err, core.Invalid, "media.broken")
	}
	_, err := NewProcessor(Options{Command: []string{"/nowhere/worker"}}).Process(t.Context(), bytes.NewReader(data))
	refused(t, err, core.Unavailable, "media.busy")
	_, err = NewProcessor(Options{Command: worker(t, "worker-that-hangs"), Timeout: 1}).Process(t.Context(), bytes.NewReader(data))
	refused(t, err, core.Unavailable, "media.busy")
}

func TestAChildInheritsNoSecret(t *testing.T) {
	t.Setenv("DAYROOM_SECRET", "the key")
	_, err := NewProcessor(Options{Command: worker(t, "worker-that-tells")}).Process(t.Context(), bytes.NewReader(asPNG(t, corners(9, 9))))
	if err != nil {
		t.Error(err)
	}
}

func TestOnlySoManyChildrenRunAtOnce(t *testing.T) {
	p := NewProcessor(Options{Children: 1})
	p.turns <- struct{}{} // somebody has the only turn
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.Process(ctx, bytes.NewReader(asPNG(t, corners(9, 9))))
	refused(t, err, core.Unavailable, "media.busy")
	<-p.turns
	if _, err = p.Process(t.Context(), bytes.NewReader(asPNG(t, corners(9, 9)))); err != nil {
		t.Error(err)
	}
	if len(p.turns) != 0 {
		t.Error("a turn was not given back")
	}
}

func TestAnAnswerIsCheckedBeforeItIsBelieved(t *testing.T) {
	good := answer(asPNG(t, corners(9, 9)))
	if _, err := readAnswer(good); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"empty":               nil,
		"another head":        append([]byte("DRM2"), good[4:]...),
		"an unknown refusal":  []byte(answerHead + "\x09"),
		"a refusal with more": append(refusal("media.broken"), 1),
		"cut off":             good[:len(good)-1],
		"too long":            append(bytes.Clone(good), 0),
		"a picture too wide":  changed(good, 6, 0xff),
		"another kind":        changed(good, 5, 0),
		"an unknown kind":     changed(good, 5, 9),
		"a length that lies":  changed(good, 14, 0xff),
		"bytes of no picture": changed(good, 18, 'X'),
	} {
		var e *core.Error
		if _, err := readAnswer(bad); err == nil || errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func changed(b []byte, at int, to byte) []byte {
	c := bytes.Clone(b)
	c[at] = to
	return c
}

func FuzzReadAnswer(f *testing.F) {
	f.Add(answer(asPNG(f, corners(9, 9))))
	f.Add(refusal("media.broken"))
	f.Fuzz(func(t *testing.T, written []byte) {
		img, err := readAnswer(written)
		if err == nil && (img.Full.Width > FullSide || img.Thumb.Height > ThumbSide || len(img.Full.Data)+len(img.Thumb.Data) > len(written)) {
			t.Errorf("believed %d by %d", img.Full.Width, img.Full.Height)
		}
	})
}
