package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dayroom/internal/core"
)

// Header names of Standard Webhooks.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
)

// secretBytes is how long a secret is; the standard asks for 24 to 64.
const secretBytes = 32

func newSecret() []byte {
	b := make([]byte, secretBytes)
	rand.Read(b) // it never fails: see crypto/rand
	return b
}

// secretText is a secret as receivers are given it.
func secretText(secret []byte) string { return "whsec_" + base64.StdEncoding.EncodeToString(secret) }

// noteID is what a receiver tells repeated notes by.
func noteID(id core.ID) string { return "msg_" + id.String() }

// sign gives the signature of a note under each of the secrets, with spaces between: while a secret is being replaced, both are good.
func sign(id string, at time.Time, body string, secrets ...[]byte) string {
	var out []string
	for _, s := range secrets {
		m := hmac.New(sha256.New, s)
		m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "." + body))
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil)))
	}
	return strings.Join(out, " ")
}

func request(h Hook, d Delivery, at time.Time, secrets [][]byte) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodPost, h.URL, strings.NewReader(d.Body))
	if err != nil {
		return nil, core.E(core.Invalid, "fetch.bad_address").Because(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(headerID, noteID(d.ID))
	req.Header.Set(headerTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(headerSignature, sign(noteID(d.ID), at, d.Body, secrets...))
	return req, nil
}
