package sitepages

import (
	"strings"
	"time"

	"dayroom/internal/core"
	"dayroom/internal/web/ui"
)

var zoneUnknown = core.Field("zone", "reading.zone.unknown")

// zones are the ones that a list offers: one for each offset and rule that many people live under, from west to east. Whoever
// lives elsewhere gets theirs from the browser.
var zones = []string{
	"Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Phoenix", "America/Chicago", "America/Mexico_City",
	"America/New_York", "America/Bogota", "America/Lima", "America/Halifax", "America/Caracas", "America/Santiago", "America/St_Johns",
	"America/Sao_Paulo", "America/Argentina/Buenos_Aires", "Atlantic/Azores", "Atlantic/Cape_Verde", "UTC", "Europe/London", "Europe/Dublin",
	"Europe/Lisbon", "Africa/Casablanca", "Africa/Lagos", "Europe/Madrid", "Europe/Paris", "Europe/Berlin", "Europe/Rome", "Europe/Warsaw",
	"Africa/Cairo", "Africa/Johannesburg", "Europe/Athens", "Europe/Kyiv", "Europe/Istanbul", "Asia/Riyadh", "Africa/Nairobi", "Asia/Tehran",
	"Asia/Dubai", "Asia/Kabul", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Yangon", "Asia/Bangkok", "Asia/Jakarta",
	"Asia/Shanghai", "Asia/Singapore", "Asia/Manila", "Australia/Perth", "Asia/Tokyo", "Asia/Seoul", "Australia/Adelaide", "Australia/Brisbane",
	"Australia/Sydney", "Pacific/Auckland", "Pacific/Tongatapu",
}

// isZone tells whether a name is a time zone. The length and the form keep odd paths from the zone files.
func isZone(name string) bool {
	if name == "" || len(name) > 60 || name == "Local" || strings.Contains(name, "..") {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// zoneOptions lists the zones with the time that it is there now: people know the time better than the name.
func zoneOptions(v ui.Voice, chosen string) (options []ui.Option) {
	found := false
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			continue
		}
		found = found || name == chosen
		options = append(options, ui.Option{Value: name, Label: zoneLabel(v, name, zone)})
	}
	if zone, err := time.LoadLocation(chosen); err == nil && !found && isZone(chosen) {
		options = append([]ui.Option{{Value: chosen, Label: zoneLabel(v, chosen, zone)}}, options...)
	}
	return options
}

func zoneLabel(v ui.Voice, name string, zone *time.Location) string {
	_, city, ok := strings.Cut(name, "/")
	if !ok {
		city = name
	}
	return v.Now.In(zone).Format("15:04") + " · " + strings.ReplaceAll(city, "_", " ")
}
