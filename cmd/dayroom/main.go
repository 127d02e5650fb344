// Command dayroom is the whole server and the tools around it. This package has flags and subcommands only; what they do lies in
// internal/app.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"dayroom/internal/app"
	"dayroom/internal/core"
	"dayroom/internal/platform/i18n"
	"dayroom/internal/platform/media"

	_ "time/tzdata" // a small machine or container has no time zones of its own

	"github.com/alecthomas/kong"
)

// cli is the command line. The common flags are repeated in app.Options, which explains each and knows the environment variable.
type cli struct {
	Addr          string `placeholder:"HOST:PORT" help:"Address to listen on (127.0.0.1:8080)."`
	Data          string `placeholder:"DIR" help:"Folder for database, images, key store and key file (data)."`
	DB            string `name:"db" placeholder:"FILE|URL" help:"Database: a SQLite file, or postgres://USER:PASSWORD@HOST/NAME."`
	Keys          string `placeholder:"FILE|URL" help:"Key store: a SQLite file, or a postgres:// address of its own."`
	KeyFile       string `placeholder:"FILE" help:"File with the root key."`
	BaseURL       string `name:"base-url" placeholder:"URL" help:"The site's own address, such as https://dayroom.example.org."`
	Proxies       string `placeholder:"NETS" help:"Networks of proxies whose X-Forwarded-For is believed."`
	Flood         string `placeholder:"N" help:"Requests a second that one address may send in the long run; 0 is without a bound (50)."`
	APIRate       string `name:"api-rate" placeholder:"N" help:"Calls a minute that one personal token may make to the API; 0 is without a bound (600)."`
	SMTPAddr      string `name:"smtp-addr" placeholder:"HOST:PORT" help:"Mail server; without one nothing is mailed and everything else works."`
	SMTPUser      string `name:"smtp-user" placeholder:"NAME" help:"User name at the mail server."`
	SMTPPassword  string `name:"smtp-password" placeholder:"WORD" help:"Password at the mail server (better: DAYROOM_SMTP_PASSWORD)."`
	SMTPFrom      string `name:"smtp-from" placeholder:"ADDRESS" help:"Sender of mails."`
	SMTPTLS       string `name:"smtp-tls" placeholder:"HOW" help:"starttls, tls or none (starttls)."`
	MetricsToken  string `name:"metrics-token" placeholder:"WORD" help:"What Prometheus sends as bearer token to read /metrics (better: DAYROOM_METRICS_TOKEN)."`
	Media         string `name:"media" placeholder:"DIR|URL" help:"Images: a folder, or a bucket of an S3 store, https://HOST/BUCKET."`
	MediaKey      string `name:"media-key" placeholder:"WORD" help:"Access key of that bucket."`
	MediaSecret   string `name:"media-secret" placeholder:"WORD" help:"Its secret (better: DAYROOM_MEDIA_SECRET)."`
	MediaRegion   string `name:"media-region" placeholder:"NAME" help:"Its region, where the store wants one (us-east-1)."`
	Backups       string `name:"backups" placeholder:"DIR" help:"Folder for the backups that are made and proven each night (default: backups in the data folder)."`
	Domain        string `name:"domain" placeholder:"NAME" help:"The site's name: it then speaks HTTPS by itself, with a certificate of Let's Encrypt, whose terms you accept by this."`
	PlainAddr     string `name:"plain-addr" placeholder:"HOST:PORT" help:"With --domain: where visitors without HTTPS are sent on (default: :80)."`
	ACMEMail      string `name:"acme-mail" placeholder:"ADDRESS" help:"With --domain: where the issuer writes when something is wrong with the certificate."`
	ACMEDirectory string `name:"acme-directory" placeholder:"URL" help:"With --domain: another issuer than Let's Encrypt."`
	WebhookHosts  string `name:"webhook-hosts" placeholder:"HOSTS" help:"Hosts in your own network that webhooks may be sent to."`
	BackupKeep    string `name:"backup-keep" placeholder:"N" help:"How many of the newest of them stay (default: 7); 0 makes none."`
	Log           string `placeholder:"FORM" help:"Form of the log: text or json (text)."`

	Serve    serveCmd    `cmd:"" help:"Run the site. The first visit sets it up, with a code that is printed here."`
	Demo     demoCmd     `cmd:"" help:"Run a site full of made-up people and talk, to look around in."`
	Health   healthCmd   `cmd:"" help:"Ask the site that runs here whether it is ready; the exit code tells."`
	Config   configCmd   `cmd:"" help:"Show the settings in force and where each comes from."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to this version (serve does it too)."`
	Import   importCmd   `cmd:"" help:"Bring conversations in from a file."`
	Backup   backupCmd   `cmd:"" help:"Write the whole site into one file, while it is used."`
	Restore  restoreCmd  `cmd:"" help:"Bring a site back from a backup, into SQLite or PostgreSQL."`
	CopyKeys copyKeysCmd `cmd:"" help:"Copy the key store, which is in no backup, while the site is used."`
	Member   memberCmd   `cmd:"" help:"Create a member, or help one who cannot sign in."`
	OpenAPI  openAPICmd  `cmd:"" name:"openapi" help:"Print the description of the API (OpenAPI 3.1)."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// settings gives the flags that were used, by the names of app.Options.
func (c *cli) settings() map[string]string {
	return map[string]string{
		"addr": c.Addr, "data": c.Data, "db": c.DB, "keys": c.Keys, "key-file": c.KeyFile, "base-url": c.BaseURL, "proxies": c.Proxies,
		"flood": c.Flood, "api-rate": c.APIRate,
		"smtp-addr": c.SMTPAddr, "smtp-user": c.SMTPUser, "smtp-password": c.SMTPPassword, "smtp-from": c.SMTPFrom, "smtp-tls": c.SMTPTLS, "metrics-token": c.MetricsToken,
		"domain": c.Domain, "plain-addr": c.PlainAddr, "acme-mail": c.ACMEMail, "acme-directory": c.ACMEDirectory,
		"media": c.Media, "media-key": c.MediaKey, "media-secret": c.MediaSecret, "media-region": c.MediaRegion,
		"backups": c.Backups, "webhook-hosts": c.WebhookHosts, "backup-keep": c.BackupKeep,
		"log": c.Log,
	}
}

// load puts the configuration together from flags, environment and file.
func (c *cli) load() (app.Config, error) {
	cfg, _, err := app.LoadConfig(c.settings(), os.Getenv)
	return cfg, err
}

const description = `Dayroom is a self-hosted community server for health: communities of patients and caregivers, rounds of verified
clinicians, channels of organisations.

  dayroom demo     look around in a site full of made-up people
  dayroom serve    run your own site

Every setting is a flag, an environment variable (DAYROOM_ADDR for --addr) or a line in dayroom.conf in the data folder;
'dayroom config' shows which one is in force.`

func main() {
	if len(os.Args) == 2 && os.Args[1] == media.WorkerArg { // the child process that decodes pictures
		os.Exit(media.WorkerMain(os.Stdin, os.Stdout))
	}
	var c cli
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k := kong.Parse(&c, kong.Name("dayroom"), kong.Description(description), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&c))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "dayroom: "+explain(err))
		if errors.Is(err, errRejected) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// explain turns an error into what a person at a terminal can use: our own errors by their sentence, others as they are.
func explain(err error) string {
	var e *core.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	p := i18n.For("en")
	lines := []string{p.T(e.Key, e.Args...)}
	for field, key := range e.Fields {
		lines = append(lines, "  "+strings.ReplaceAll(field, "_", " ")+": "+p.T(key, e.Args...))
	}
	if cause := errors.Unwrap(e); cause != nil && (e.Code == core.Internal || e.Code == core.Unavailable) { // else it says what SQL said
		lines = append(lines, "  ("+cause.Error()+")")
	}
	return strings.Join(lines, "\n")
}
