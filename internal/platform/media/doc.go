// Package media takes pictures from members and keeps them.
//
// A picture is never kept as it came. It is decoded, turned the way its EXIF note says, shrunk, and encoded anew: so no place,
// no camera and no second file hidden behind the first leaves with it, whatever the format allows. What it showed in colours
// outside sRGB is shown a little paler, because the profile goes as well.
//
// Decoders of images are where many programs were broken into, so decoding runs in a child process: the same executable,
// started once more with WorkerArg, that reads the picture from its standard input, writes the result to its standard output
// in a few length-prefixed fields, holds no secret and no file, and may use little memory and time. The method is privilege
// separation (Provos, Friedl, Honeyman: "Preventing Privilege Escalation", USENIX Security 2003) reduced to what one binary can
// do without rights of its own. The parent believes nothing it reads back: sizes, kinds and lengths are checked again.
//
// Shrinking is averaging by area, in integers, a row at a time: each pixel of the result is the mean of what it covers. It
// holds one row instead of the large intermediate image of a general kernel, which matters where two children share a small
// machine.
//
// A Store keeps the bytes under random names; Folder is one in a directory, Bucket one in
// an S3 store. Who may see a file is decided elsewhere.
package media

// Limits of what is taken and sizes of what is made.
const (
	MaxBytes    = 8 << 20    // of a file that is sent; a telephone's pictures have 2 to 6 MB
	MaxPixels   = 40_000_000 // width times height
	FullSide    = 1600       // longest side of Image.Full in pixels: a tablet's width
	ThumbSide   = 480        // longest side of Image.Thumb in pixels
	jpegQuality = 82         // above it files grow faster than anybody sees
	fewColours  = 256        // what a palette holds
)

// WorkerArg is the hidden argument that makes the executable a worker: main must call WorkerMain when it is the only one.
const WorkerArg = "media-worker"

// Image is a picture in the two sizes that pages show.
type Image struct{ Full, Thumb Picture }

// Picture is an encoded picture. MIME is image/jpeg or image/png; sizes are in pixels.
type Picture struct {
	Data          []byte
	MIME          string
	Width, Height int
}
