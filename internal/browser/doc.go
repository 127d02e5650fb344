// Package browser has the tests that need a real browser: every page in headless Chromium, at the width of a phone and of a
// desktop, in the light and in the dark, checked by axe-core; people talking to each other in two browsers; passkeys in a virtual
// authenticator; and the pictures of the README.
package browser
