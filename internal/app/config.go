package app

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"dayroom/internal/platform/db"
	"dayroom/internal/platform/fetch"
	"dayroom/internal/platform/mail"
	"dayroom/internal/platform/media"
)

// Config is what an operator decides before the program starts. Whatever an admin may decide in the pages is in site.Settings.
type Config struct {
	Addr          string
	Data          string
	DB            string
	Keys          string
	KeyFile       string
	BaseURL       string
	Proxies       string
	Domain        string
	PlainAddr     string
	ACMEMail      string
	ACMEDirectory string
	Flood         string
	APIRate       string
	SMTPAddr      string
	SMTPUser      string
	SMTPPassword  string
	SMTPFrom      string
	SMTPTLS       string
	Log           string
	MetricsToken  string
	Media         string
	MediaKey      string
	MediaSecret   string
	MediaRegion   string
	Backups       string
	WebhookHosts  string
	BackupKeep    string
	Demo          bool // no option: see DemoConfig
}

// Option is a setting of Config: where it is said, what it is when nobody says it, and what it means.
type Option struct {
	Name    string
	Default string
	Help    string
	Secret  bool
	at      func(*Config) *string
}

// Env is the name of the environment variable that sets the option.
func (o Option) Env() string {
	return "DAYROOM_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// ConfigFile is the name of the file with settings, in the data folder.
const ConfigFile = "dayroom.conf"

// Options lists every setting. The order is that of `dayroom config`.
var Options = []Option{
	{"addr", "127.0.0.1:8080", "address to listen on, HOST:PORT", false, func(c *Config) *string { return &c.Addr }},
	{"data", "data", "folder for the database, images, key store and key file", false, func(c *Config) *string { return &c.Data }},
	{"db", "", "database: a file, or postgres://USER:PASSWORD@HOST/NAME (default: dayroom.db in the data folder)", true, func(c *Config) *string { return &c.DB }},
	{"keys", "", "key store: a file, or a postgres:// address of its own (default: keys.db in the data folder, or the database's name with _keys)", true, func(c *Config) *string { return &c.Keys }},
	{"key-file", "", "file with the root key (default: root.key in the data folder)", false, func(c *Config) *string { return &c.KeyFile }},
	{"base-url", "", "the site's own address, such as https://dayroom.example.org (default: http:// and the address)", false, func(c *Config) *string { return &c.BaseURL }},
	{"domain", "", "the site's name, such as dayroom.example.org: it then speaks HTTPS by itself, on the ports 443 and 80, with a certificate of Let's Encrypt, whose terms you accept by this", false, func(c *Config) *string { return &c.Domain }},
	{"plain-addr", ":80", "with domain: where visitors without HTTPS are sent on, and the issuer of certificates asks", false, func(c *Config) *string { return &c.PlainAddr }},
	{"acme-mail", "", "with domain: where the issuer writes when something is wrong with the certificate", false, func(c *Config) *string { return &c.ACMEMail }},
	{"acme-directory", "", "with domain: another issuer than Let's Encrypt, by the address of its ACME directory", false, func(c *Config) *string { return &c.ACMEDirectory }},
	{"proxies", "", "networks of proxies whose X-Forwarded-For is believed, such as 127.0.0.0/8, with commas between", false, func(c *Config) *string { return &c.Proxies }},
	{"flood", "50", "requests a second that one address may send in the long run, and ten times as many at once; 0 is without a bound", false, func(c *Config) *string { return &c.Flood }},
	{"api-rate", "600", "calls a minute that one personal token, or one address without a token, may make to the API; a tenth of them may change something; 0 is without a bound", false, func(c *Config) *string { return &c.APIRate }},
	{"smtp-addr", "", "mail server, HOST:PORT; without one nothing is mailed and everything else works", false, func(c *Config) *string { return &c.SMTPAddr }},
	{"smtp-user", "", "user name at the mail server", false, func(c *Config) *string { return &c.SMTPUser }},
	{"smtp-password", "", "password at the mail server", true, func(c *Config) *string { return &c.SMTPPassword }},
	{"smtp-from", "", "sender of mails, such as \"Harbour Lights <dayroom@example.org>\"", false, func(c *Config) *string { return &c.SMTPFrom }},
	{"smtp-tls", "starttls", "how the mail server is reached: starttls, tls or none", false, func(c *Config) *string { return &c.SMTPTLS }},
	{"metrics-token", "", "what Prometheus sends as bearer token to read /metrics, at least 20 characters; without one there are no metrics", true, func(c *Config) *string { return &c.MetricsToken }},
	{"media", "", "images: a folder (default: media in the data folder), or a bucket of an S3 store, https://HOST/BUCKET or https://HOST/BUCKET/PREFIX", false, func(c *Config) *string { return &c.Media }},
	{"media-key", "", "access key of that bucket", false, func(c *Config) *string { return &c.MediaKey }},
	{"media-secret", "", "its secret", true, func(c *Config) *string { return &c.MediaSecret }},
	{"media-region", "", "its region, where the store wants one (default: us-east-1)", false, func(c *Config) *string { return &c.MediaRegion }},
	{"backups", "", "folder for the backups that are made and proven each night (default: backups in the data folder); better on another disk", false, func(c *Config) *string { return &c.Backups }},
	{"webhook-hosts", "", "hosts in your own network that webhooks may be sent to, such as hooks.example.lan or 10.0.0.5:8080, with commas between; all others have to be on the public web", false, func(c *Config) *string { return &c.WebhookHosts }},
	{"backup-keep", "7", "how many of the newest of them stay; 0 makes none", false, func(c *Config) *string { return &c.BackupKeep }},
	{"log", "text", "form of the log: text or json", false, func(c *Config) *string { return &c.Log }},
}

// Setting is an option with what is in force and who said it.
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// LoadConfig puts the configuration together: a flag wins over the environment, which wins over the file, which wins over the
// default. The file lies in the data folder, so its place cannot be set in it.
func LoadConfig(flags map[string]string, env func(string) string) (Config, []Setting, error) {
	var c Config
	source := map[string]string{}
	set := func(o Option, value, from string) {
		if value != "" && source[o.Name] == "" {
			*o.at(&c), source[o.Name] = value, from
		}
	}
	for _, o := range Options {
		set(o, flags[o.Name], "flag --"+o.Name)
		set(o, env(o.Env()), "environment "+o.Env())
		if o.Name == "data" {
			set(o, o.Default, "default")
		}
	}
	path := filepath.Join(c.Data, ConfigFile)
	file, err := readConfigFile(path)
	if err != nil {
		return c, nil, err
	}
	for _, o := range Options {
		set(o, file[o.Name], "file "+path)
		set(o, o.Default, "default")
	}
	derive(&c, source)
	var out []Setting
	for _, o := range Options {
		value := *o.at(&c)
		if o.Secret {
			value = o.conceal(value)
		}
		from := source[o.Name]
		if from == "" {
			from = "not set"
		}
		out = append(out, Setting{o.Name, value, from})
	}
	return c, out, c.check()
}

// derive fills in what follows from other settings.
func derive(c *Config, source map[string]string) {
	follow := func(name string, field *string, value string) {
		if *field == "" {
			*field, source[name] = value, "default"
		}
	}
	follow("db", &c.DB, filepath.Join(c.Data, "dayroom.db"))
	follow("media", &c.Media, filepath.Join(c.Data, "media"))
	follow("backups", &c.Backups, filepath.Join(c.Data, "backups"))
	follow("key-file", &c.KeyFile, filepath.Join(c.Data, "root.key"))
	if c.Domain = strings.ToLower(strings.TrimSpace(c.Domain)); c.Domain != "" {
		if source["addr"] == "default" {
			c.Addr = ":443"
		}
		follow("base-url", &c.BaseURL, "https://"+c.Domain)
	}
	follow("base-url", &c.BaseURL, "http://"+c.Addr)
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	keys := filepath.Join(c.Data, "keys.db")
	if u, err := url.Parse(c.DB); db.IsPostgres(c.DB) && err == nil {
		u.Path += "_keys"
		keys = u.String()
	}
	follow("keys", &c.Keys, keys)
}

// conceal hides the password in the address of a database, and any other secret whole.
func (o Option) conceal(value string) string {
	switch {
	case value == "" || isAddress[o.Name] && !db.IsPostgres(value): // the path of a file
		return value
	case isAddress[o.Name]:
		// A password that was not escaped ends up in the path, and one may be said in the query.
		if u, err := url.Parse(value); err == nil && !strings.Contains(u.Path, "@") && !u.Query().Has("password") {
			return u.Redacted()
		}
	}
	return "xxxxx"
}

// isAddress are the secret options whose value is secret in part only.
var isAddress = map[string]bool{"db": true, "keys": true}

// domainForm is a name of the public web: labels with dots between, the last of them no number.
var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)

func (c Config) check() error {
	var problems []error
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	_, port, err := net.SplitHostPort(c.Addr)
	n, notNumber := strconv.ParseUint(port, 10, 16)
	bad(err == nil && notNumber == nil && n <= 65535, "addr is %q, and should be HOST:PORT such as 127.0.0.1:8080", c.Addr)
	u, err := url.Parse(c.BaseURL)
	bad(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Path == "",
		"base-url is %q, and should look like https://dayroom.example.org", c.BaseURL)
	bad(c.Domain == "" || domainForm.MatchString(c.Domain), "domain is %q, and should be a name such as dayroom.example.org, without https:// and port", c.Domain)
	bad(c.Domain == "" || err == nil && u.Scheme == "https" && u.Hostname() == c.Domain, "base-url is %q and domain %q: leave base-url out, or let it be https:// and the domain", c.BaseURL, c.Domain)
	if media.IsBucket(c.Media) {
		err := media.CheckBucket(c.Media)
		bad(err == nil, "media: %v", err)
		bad(c.MediaKey != "" && c.MediaSecret != "", "media is a bucket: media-key and media-secret are needed too")
	}
	_, err = c.TrustedProxies()
	bad(err == nil, "proxies is %q: %v", c.Proxies, err)
	_, err = c.floodLimit()
	bad(err == nil, "%v", err)
	_, err = c.apiRate()
	bad(err == nil, "%v", err)
	bad(c.MetricsToken == "" || len(c.MetricsToken) >= 20, "metrics-token is shorter than 20 characters: choose one that nobody guesses")
	_, err = c.backupKeep()
	bad(err == nil, "%v", err)
	_, err = c.webhookHosts()
	bad(err == nil, "webhook-hosts: %v", err)
	bad(c.Log == "text" || c.Log == "json", "log is %q, and should be text or json", c.Log)
	bad(c.SMTPAddr == "" || c.SMTPFrom != "", "smtp-addr is set and smtp-from is not: say who sends the mails")
	return errors.Join(problems...)
}

// backupKeep reads BackupKeep.
func (c Config) backupKeep() (int, error) {
	if c.BackupKeep == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(c.BackupKeep)
	if err != nil || n < 0 || n > 1000 {
		return 0, fmt.Errorf("backup-keep is %q, and should be a number from 0 to 1000", c.BackupKeep)
	}
	return n, nil
}

// webhookHosts reads WebhookHosts.
func (c Config) webhookHosts() ([]fetch.Host, error) { return fetch.ParseHosts(c.WebhookHosts) }

// TrustedProxies reads Proxies.
func (c Config) TrustedProxies() (out []netip.Prefix, err error) {
	for part := range strings.SplitSeq(c.Proxies, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.0.0.0/8", part)
		}
		out = append(out, p)
	}
	return out, nil
}

// Mail gives the part that package mail wants.
func (c Config) Mail() mail.Config {
	if c.SMTPAddr == "" {
		return mail.Config{}
	}
	return mail.Config{Addr: c.SMTPAddr, Username: c.SMTPUser, Password: c.SMTPPassword, From: c.SMTPFrom, TLS: c.SMTPTLS}
}

// Secure tells whether the site is reached by HTTPS.
func (c Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// readConfigFile reads lines of "name = value"; # begins a comment. An absent file is an empty one.
func readConfigFile(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	defer f.Close()
	known := map[string]bool{}
	for _, o := range Options {
		known[o.Name] = o.Name != "data"
	}
	out := map[string]string{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"`)
		if !ok || !known[name] {
			return nil, fmt.Errorf("%s, line %d: %q is no setting; `dayroom config` lists them", path, n, line)
		}
		out[name] = value
	}
	return out, lines.Err()
}

// Shelf says where images lie.
func (c Config) Shelf() media.BucketOptions {
	return media.BucketOptions{Address: cmp.Or(c.Media, filepath.Join(c.Data, "media")), Key: c.MediaKey, Secret: c.MediaSecret, Region: c.MediaRegion}
}
