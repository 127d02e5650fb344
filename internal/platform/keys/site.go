package keys

import "fmt"

// SealSite encrypts a secret that is the site's and no member's, such as what signs webhooks, under a key of the root key. What it
// is for is bound in: one secret cannot be passed off as another.
func (s *Store) SealSite(purpose string, plain []byte) []byte {
	return s.site.Seal(nil, nil, plain, []byte(purpose))
}

// OpenSite decrypts what SealSite made for the same purpose. It fails where the root key is another one, as on a site that was
// restored without its key store.
func (s *Store) OpenSite(purpose string, sealed []byte) ([]byte, error) {
	plain, err := s.site.Open(nil, nil, sealed, []byte(purpose))
	if err != nil {
		return nil, fmt.Errorf("the site's secret for %s does not open: %w", purpose, err)
	}
	return plain, nil
}
