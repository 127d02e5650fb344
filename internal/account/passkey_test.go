package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
	"time"

	"dayroom/internal/account"
	"dayroom/internal/core"
)

// device is a software authenticator: it makes ES256 passkeys with attestation "none" (Web Authentication Level 3, section 6).
type device struct {
	w      *world
	key    *ecdsa.PrivateKey
	id     []byte
	user   []byte
	count  uint32
	finger bool // makes sure who holds it
	origin string
}

func (w *world) device() *device {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.must(err)
	id := make([]byte, 16)
	rand.Read(id)
	return &device{w: w, key: key, id: id, finger: true, origin: base}
}

var b64 = base64.RawURLEncoding

// asked is what both kinds of options have in common.
type asked struct {
	PublicKey struct {
		Challenge          string
		User               struct{ ID, Name string }
		RP                 struct{ ID, Name string }
		ExcludeCredentials []struct{ ID string }
	} `json:"publicKey"`
}

func (d *device) read(options any) (a asked) {
	d.w.t.Helper()
	text, err := json.Marshal(options)
	d.w.must(err)
	d.w.must(json.Unmarshal(text, &a))
	return a
}

func (d *device) client(kind string, a asked) []byte {
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": a.PublicKey.Challenge, "origin": d.origin, "crossOrigin": false})
	d.w.must(err)
	return text
}

func (d *device) data(attested []byte) []byte {
	rp := sha256.Sum256([]byte("room.example.org"))
	flags := byte(0x01)
	if d.finger {
		flags |= 0x04
	}
	if attested != nil {
		flags |= 0x40
	}
	return append(binary.BigEndian.AppendUint32(append(rp[:], flags), d.count), attested...)
}

// create answers options for making a passkey.
func (d *device) create(options any) []byte {
	d.w.t.Helper()
	a := d.read(options)
	var err error
	d.user, err = b64.DecodeString(a.PublicKey.User.ID)
	d.w.must(err)
	point, err := d.key.PublicKey.Bytes() // 4, x, y
	d.w.must(err)
	cose := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	cose = append(cose, point[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 0x20), point[33:]...)
	attested := make([]byte, 16) // no model
	attested = binary.BigEndian.AppendUint16(attested, uint16(len(d.id)))
	auth := d.data(append(append(attested, d.id...), cose...))
	object := []byte{0xa3, 0x63, 'f', 'm', 't', 0x64, 'n', 'o', 'n', 'e', 0x67, 'a', 't', 't', 'S', 't', 'm', 't', 0xa0, 0x68, 'a', 'u', 't', 'h', 'D', 'a', 't', 'a', 0x58, byte(len(auth))}
	return d.answer(map[string]string{
		"clientDataJSON": b64.EncodeToString(d.client("webauthn.create", a)), "attestationObject": b64.EncodeToString(append(object, auth...)),
	})
}

// get answers options for using it.
func (d *device) get(options any) []byte {
	d.w.t.Helper()
	d.count++
	client, auth := d.client("webauthn.get", d.read(options)), d.data(nil)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(auth[:len(auth):len(auth)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	d.w.must(err)
	return d.answer(map[string]string{
		"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(auth),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(d.user),
	})
}

func (d *device) answer(response map[string]string) []byte {
	id := b64.EncodeToString(d.id)
	text, err := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	d.w.must(err)
	return text
}

// signUp makes an account with the device.
func (d *device) signUp(handle string) account.Entry {
	d.w.t.Helper()
	options, token, err := d.w.BeginPasskeySignUp(ctx, account.SignUp{Handle: handle, OldEnough: true}, home)
	d.w.must(err)
	e, err := d.w.FinishPasskeySignUp(ctx, token, d.create(options), home)
	d.w.must(err)
	return e
}

func (d *device) signIn() (account.Entry, error) {
	d.w.t.Helper()
	options, token, err := d.w.BeginPasskeySignIn(ctx, home)
	d.w.must(err)
	return d.w.FinishPasskeySignIn(ctx, token, d.get(options), home)
}

func TestAnAccountWithAPasskeyOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := w.device()
		first := d.signUp("ada")
		a := w.as(first)
		e, err := d.signIn()
		w.must(err)
		if w.as(e).Member != a.Member {
			t.Error("somebody else")
		}
		list, err := w.Passkeys(ctx, a)
		w.must(err)
		if len(list) != 1 || list[0].Name != "Linux" || list[0].Used.IsZero() {
			t.Fatalf("%+v", list)
		}
		w.fails(w.RemovePasskey(ctx, a, list[0].ID), core.Invalid, "account.passkey.last")
		_, err = w.SignIn(ctx, "ada", "", home)
		w.fails(err, core.Invalid, "account.sign_in.wrong")
		w.must(w.ChangePassword(ctx, a, right))
		w.must(w.RemovePasskey(ctx, a, list[0].ID))
		_, err = d.signIn()
		w.fails(err, core.Invalid, "account.passkey.refused")
	})
}

func TestAPasskeyCeremonyServesOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := w.device()
		d.signUp("ada")
		options, token, err := w.BeginPasskeySignIn(ctx, home)
		w.must(err)
		answer := d.get(options)
		_, err = w.FinishPasskeySignIn(ctx, token, answer, home)
		w.must(err)
		_, err = w.FinishPasskeySignIn(ctx, token, answer, home) // the same answer again
		w.fails(err, core.Invalid, "account.sign_in.expired")
		_, other, err := w.BeginPasskeySignIn(ctx, home)
		w.must(err)
		_, err = w.FinishPasskeySignIn(ctx, other, answer, home) // to another challenge
		w.fails(err, core.Invalid, "account.passkey.refused")
		_, err = w.FinishPasskeySignIn(ctx, other, d.get(options), home) // a failure uses it up too
		w.fails(err, core.Invalid, "account.sign_in.expired")
		options, token, err = w.BeginPasskeySignIn(ctx, home)
		w.must(err)
		w.clock.Advance(5 * time.Minute)
		_, err = w.FinishPasskeySignIn(ctx, token, d.get(options), home)
		w.fails(err, core.Invalid, "account.sign_in.expired")
	})
}

func TestAPasskeyOfAnotherSiteOrAnotherPersonIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := w.device()
		d.signUp("ada")
		try := func(why string, change func(*device)) {
			t.Helper()
			forged := *d
			change(&forged)
			_, err := forged.signIn()
			w.fails(err, core.Invalid, "account.passkey.refused")
		}
		try("another origin", func(d *device) { d.origin = "https://room.example.org.evil.example" })
		try("another key", func(d *device) { d.key = w.device().key })
		try("an unknown passkey", func(d *device) { d.id = w.device().id })
		e := w.device()
		e.signUp("grace")
		try("another member's name", func(d *device) { d.user = e.user })
		for _, junk := range []string{"", "{}", "null", `{"id":"x"}`, "\xff"} {
			_, token, err := w.BeginPasskeySignIn(ctx, home)
			w.must(err)
			_, err = w.FinishPasskeySignIn(ctx, token, []byte(junk), home)
			w.fails(err, core.Invalid, "account.passkey.refused")
		}
	})
}

func TestACopiedPasskeyIsNoticed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := w.device()
		d.signUp("ada")
		twin := *d
		for range 3 {
			_, err := d.signIn()
			w.must(err)
		}
		_, err := twin.signIn()
		w.fails(err, core.Forbidden, "account.passkey.copied")
	})
}

func TestATouchIsOneFactorAFingerIsTwo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d := w.device()
		w.enrol(w.as(d.signUp("ada")))
		e, err := d.signIn()
		w.must(err)
		if e.Token == "" {
			t.Error("a finger is asked for a code too")
		}
		d.finger = false
		e, err = d.signIn()
		w.must(err)
		if e.Token != "" || e.Second == "" {
			t.Error("a touch alone opened")
		}
	})
}

func TestAMemberAddsAPasskeyOfTheirOwnOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, grace := w.member("ada"), w.member("grace")
		d := w.device()
		options, token, err := w.BeginPasskey(ctx, ada, " my key ")
		w.must(err)
		answer := d.create(options)
		w.fails(w.FinishPasskey(ctx, grace, token, answer, home), core.Invalid, "account.passkey.refused")
		options, token, err = w.BeginPasskey(ctx, ada, "my key")
		w.must(err)
		w.must(w.FinishPasskey(ctx, ada, token, d.create(options), home))
		if again := d.read(must2(w.BeginPasskey(ctx, ada, ""))); len(again.PublicKey.ExcludeCredentials) != 1 {
			t.Error("the device is not told that it has one already")
		}
		options, token, err = w.BeginPasskey(ctx, grace, "")
		w.must(err)
		w.fails(w.FinishPasskey(ctx, grace, token, d.create(options), home), core.Invalid, "account.passkey.refused") // somebody's already
		_, _, err = w.BeginPasskey(ctx, ada, string(make([]rune, 41)))
		w.fails(err, core.Invalid, "name=account.passkey.name")
	})
}

func must2(options any, _ string, err error) any {
	if err != nil {
		panic(err)
	}
	return options
}

func TestAPasskeyProvesWhoAsksAndNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, e := w.device(), w.device()
		ada := w.as(d.signUp("ada"))
		e.signUp("grace")
		w.clock.Advance(time.Hour)
		if err := w.CheckProof(ctx, ada); !account.ProofNeeded(err) {
			t.Fatal(err)
		}
		options, token, err := w.BeginPasskeyConfirm(ctx, ada, home)
		w.must(err)
		w.fails(w.FinishPasskeyConfirm(ctx, ada, token, e.get(options)), core.Invalid, "account.passkey.refused")
		options, token, err = w.BeginPasskeyConfirm(ctx, ada, home)
		w.must(err)
		_, err = w.FinishPasskeySignIn(ctx, token, d.get(options), home) // a ceremony for one purpose does not serve another
		w.fails(err, core.Invalid, "account.sign_in.expired")
		options, token, err = w.BeginPasskeyConfirm(ctx, ada, home)
		w.must(err)
		w.must(w.FinishPasskeyConfirm(ctx, ada, token, d.get(options)))
		w.must(w.CheckProof(ctx, ada))
	})
}

func TestABareAddressHasNoPasskeys(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for address, want := range map[string]bool{"http://127.0.0.1:8080": false, "http://[::1]:8080": false, "http://localhost:8080": true, "": false} {
			s, err := account.New(w.db, w.keys, w.ids, w.clock, w.site, account.Options{BaseURL: address})
			w.must(err)
			if s.PasskeysReady() != want {
				t.Errorf("%q: %v", address, s.PasskeysReady())
			}
			_, _, err = s.BeginPasskeySignIn(ctx, home)
			if !want {
				w.fails(err, core.Unavailable, "account.passkey.address")
			}
		}
	})
}
