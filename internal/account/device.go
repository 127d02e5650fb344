package account

import "strings"

// Device is what a browser says of itself, coarsely: enough to know one's own telephone again. Both are proper names, or empty.
type Device struct{ Browser, System string }

func (d Device) String() string { return d.Browser + "/" + d.System }

func parseDevice(s string) Device {
	browser, system, _ := strings.Cut(s, "/")
	return Device{browser, system}
}

// The order matters: most browsers name those that they want to be taken for.
var (
	browsers = []struct{ mark, name string }{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Vivaldi/", "Vivaldi"},
		{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []struct{ mark, name string }{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"},
	}
)

// DeviceOf reads a User-Agent header. What it says is the client's word and decides nothing.
func DeviceOf(agent string) (d Device) {
	for _, b := range browsers {
		if strings.Contains(agent, b.mark) {
			d.Browser = b.name
			break
		}
	}
	for _, o := range systems {
		if strings.Contains(agent, o.mark) {
			d.System = o.name
			break
		}
	}
	return d
}
