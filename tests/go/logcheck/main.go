// Logcheck is a stranger's verifier of an export of the access log. It was written from docs/formats/log-verify.md, shares no
// code with the portal, and leaves signatures and tree arithmetic to the Go project (golang.org/x/mod/sumdb).
//
// Debian: apt install golang-go golang-golang-x-mod-dev
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run main.go -vkey VKEY -dir DIR
//
// It prints one closing line. Exit code (of the built program; `go run` turns 2 into 1): 0 every check passed, 1 a check
// failed (evidence: keep the files), 2 the input could not be read.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// unreadable is an error about the input as such, not about what it says.
type unreadable struct{ error }

func main() {
	vkey := flag.String("vkey", "", "the log's verifier key, <name>+<8 hex>+<base64>, as handed over on paper; after a change of keys all of them, oldest first, with spaces between, each later one followed by @ and the size it signs from")
	dir := flag.String("dir", "", "the export directory")
	flag.Parse()
	if *vkey == "" || *dir == "" || flag.NArg() != 0 {
		fmt.Println("UNREADABLE: call it as logcheck -vkey VKEY -dir DIR")
		os.Exit(2)
	}
	summary, err := check(*dir, *vkey)
	var bad unreadable
	switch {
	case errors.As(err, &bad):
		fmt.Println("UNREADABLE:", err)
		os.Exit(2)
	case err != nil:
		fmt.Println("FAILED:", err)
		os.Exit(1)
	}
	fmt.Println("PASSED:", summary)
}

// checkpoint is a signed tree head.
type checkpoint struct {
	size int64
	root tlog.Hash
}

// keys are the log's verifier keys, each with the sizes that it signs.
type keys []struct {
	note.Verifier
	from, until int64
}

// readKeys reads verifier keys in the order in which they came into force.
func readKeys(text string) (keys, error) {
	var all keys
	for n, word := range strings.Fields(text) {
		vkey, size, later := strings.Cut(word, "@")
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, err
		}
		var from int64
		if later {
			if from, err = number(size); err != nil {
				return nil, err
			}
		}
		if later != (n > 0) || later && (from <= all[n-1].from || verifier.Name() != all[0].Name()) {
			return nil, errors.New("the first verifier key stands alone, each later one is VKEY@SIZE with rising sizes and the same name")
		}
		if later {
			all[n-1].until = from
		}
		all = append(all, struct {
			note.Verifier
			from, until int64
		}{verifier, from, math.MaxInt64})
	}
	if len(all) == 0 {
		return nil, errors.New("no verifier key")
	}
	return all, nil
}

// open checks a signed checkpoint.
func open(text []byte, known keys) (checkpoint, error) {
	var list []note.Verifier
	for _, one := range known {
		list = append(list, one.Verifier)
	}
	signed, err := note.Open(text, note.VerifierList(list...))
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 {
		return checkpoint{}, errors.New("a checkpoint has three lines")
	}
	if lines[0] != known[0].Name() {
		return checkpoint{}, fmt.Errorf("origin %q is not %q", lines[0], known[0].Name())
	}
	size, err := number(lines[1])
	if err != nil {
		return checkpoint{}, err
	}
	inForce := false
	for _, signature := range signed.Sigs {
		for _, one := range known {
			inForce = inForce || signature.Hash == one.KeyHash() && one.from <= size && size <= one.until
		}
	}
	if !inForce {
		return checkpoint{}, fmt.Errorf("the checkpoint over %d entries is signed by a key that was not in force then", size)
	}
	root, err := tlog.ParseHash(lines[2])
	return checkpoint{size, root}, err
}

// number reads a decimal without sign or leading zeros.
func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%q is not a plain decimal", text)
	}
	return n, nil
}

// leaf is one entry, taken apart.
type leaf struct {
	kind, at   string
	commitment [32]byte
}

var form = regexp.MustCompile(`\Aaccess-log/v1\n([a-z0-9._-]{1,32})\n([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)\n([0-9a-f]{64})\n\z`)

func parseLeaf(entry []byte) (leaf, error) {
	parts := form.FindSubmatch(entry)
	if parts == nil {
		return leaf{}, errors.New("not the four lines of access-log/v1")
	}
	one := leaf{kind: string(parts[1]), at: string(parts[2])}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", one.at); err != nil {
		return leaf{}, err
	}
	_, err := hex.Decode(one.commitment[:], parts[3])
	return one, err
}

// log is what has been rebuilt from the entry bundles.
type log struct {
	entries [][]byte
	leaves  []leaf
	hashes  []tlog.Hash
}

// ReadHashes answers stored hashes; it makes log a tlog.HashReader.
func (l *log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, 0, len(indexes))
	for _, index := range indexes {
		if index < 0 || index >= int64(len(l.hashes)) {
			return nil, fmt.Errorf("no stored hash %d", index)
		}
		out = append(out, l.hashes[index])
	}
	return out, nil
}

// bundlePath is the C2SP tlog-tiles name of entry bundle n with width entries.
func bundlePath(dir string, n, width int64) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < 256 {
		name = fmt.Sprintf("%s.p/%d", name, width)
	}
	return filepath.Join(dir, "tile", "entries", filepath.FromSlash(name))
}

// rebuild reads all entry bundles below size.
func rebuild(dir string, size int64) (*log, error) {
	l := new(log)
	for first := int64(0); first < size; first += 256 {
		width := size - first
		if width > 256 {
			width = 256
		}
		path := bundlePath(dir, first/256, width)
		bundle, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		for ; width > 0; width-- {
			if err := l.append(&bundle); err != nil {
				return nil, fmt.Errorf("%s: entry %d: %w", path, len(l.entries), err)
			}
		}
		if len(bundle) > 0 {
			return nil, fmt.Errorf("%s: %d bytes too many", path, len(bundle))
		}
	}
	return l, nil
}

// append takes the next entry off the bundle.
func (l *log) append(bundle *[]byte) error {
	if len(*bundle) < 2 || len(*bundle)-2 < int(binary.BigEndian.Uint16(*bundle)) {
		return errors.New("the bundle ends here")
	}
	end := 2 + int(binary.BigEndian.Uint16(*bundle))
	entry := (*bundle)[2:end]
	*bundle = (*bundle)[end:]
	one, err := parseLeaf(entry)
	if err != nil {
		return err
	}
	// Equal length and digits only: the order of the texts is the order of the times.
	if n := len(l.leaves); n > 0 && one.at < l.leaves[n-1].at {
		return fmt.Errorf("its time %s steps back from %s", one.at, l.leaves[n-1].at)
	}
	hashes, err := tlog.StoredHashes(int64(len(l.entries)), entry, l)
	if err != nil {
		return err
	}
	l.hashes = append(l.hashes, hashes...)
	l.entries = append(l.entries, entry)
	l.leaves = append(l.leaves, one)
	return nil
}

// root is the root over the first n entries.
func (l *log) root(n int64) (tlog.Hash, error) {
	// TreeHash of nothing is the zero hash in older releases of x/mod; RFC 6962 says SHA-256 of nothing.
	if n == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(n, l)
}

// prefix checks that the log signed by this checkpoint is a prefix of the one signed by last.
func (l *log) prefix(older, last checkpoint) error {
	if older.size > last.size {
		return fmt.Errorf("ROLLBACK: it signs %d entries, the newest checkpoint %d", older.size, last.size)
	}
	root, err := l.root(older.size)
	if err != nil {
		return err
	}
	if root != older.root {
		return fmt.Errorf("SPLIT VIEW: the first %d entries do not give its root", older.size)
	}
	if older.size == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(last.size, older.size, l)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, last.size, last.root, older.size, older.root)
}

func check(dir, vkey string) (string, error) {
	known, err := readKeys(vkey)
	if err != nil {
		return "", unreadable{err}
	}
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return "", unreadable{err}
	}
	last, err := open(text, known)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	l, err := rebuild(dir, last.size)
	if err != nil {
		return "", err
	}
	root, err := l.root(last.size)
	if err != nil {
		return "", err
	}
	if root != last.root {
		return "", fmt.Errorf("the %d entries give root %v, signed is %v", last.size, root, last.root)
	}
	older, err := each(dir, "checkpoints/*", func(text []byte) error {
		signed, err := open(text, known)
		if err != nil {
			return err
		}
		return l.prefix(signed, last)
	})
	if err != nil {
		return "", err
	}
	receipts, err := each(dir, "receipts/*.tlog-proof", func(text []byte) error { return l.receipt(text, known, last) })
	if err != nil {
		return "", err
	}
	records, err := l.records(dir)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %d entries, root %v; %d older checkpoints, %d receipts, %s", known[0].Name(), last.size, root, older, receipts, records), nil
}

// each checks every file of this pattern, and answers how many there are.
func each(dir, pattern string, check func(text []byte) error) (int, error) {
	paths, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil {
		return 0, unreadable{err}
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err == nil {
			err = check(text)
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	return len(paths), nil
}

// receipt checks a C2SP tlog-proof against the entry it speaks of.
func (l *log) receipt(text []byte, known keys, last checkpoint) error {
	parts := bytes.SplitN(text, []byte("\n\n"), 2)
	if len(parts) != 2 {
		return errors.New("no blank line before the checkpoint")
	}
	signed, err := open(parts[1], known)
	if err != nil {
		return err
	}
	lines := strings.Split(string(parts[0]), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a c2sp.org/tlog-proof@v1")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return errors.New("no index line")
	}
	index, err := number(strings.TrimPrefix(lines[0], "index "))
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	if index >= signed.size || index >= int64(len(l.entries)) {
		return fmt.Errorf("there is no entry %d", index)
	}
	if err := tlog.CheckRecord(proof, signed.size, signed.root, index, tlog.RecordHash(l.entries[index])); err != nil {
		return err
	}
	return l.prefix(signed, last)
}

// records checks every opening, and that missing ones are accounted for.
func (l *log) records(dir string) (string, error) {
	file, err := os.Open(filepath.Join(dir, "records.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		return "leaves only: no body was looked at", nil
	}
	if err != nil {
		return "", unreadable{err}
	}
	defer file.Close()
	opened := make([]bool, len(l.leaves))
	covered := make([]byte, len(l.leaves))
	reader := bufio.NewReader(file)
	count := 0
	for {
		line, err := reader.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			break
		}
		if err != nil {
			return "", fmt.Errorf("records.jsonl line %d: %w", count+1, err)
		}
		count++
		if err := l.record(line, opened, covered); err != nil {
			return "", fmt.Errorf("records.jsonl line %d: %w", count, err)
		}
	}
	erased, lost := 0, 0
	for index, there := range opened {
		switch {
		case there:
		case covered[index] == 'l':
			lost++
		case l.leaves[index].kind == "erase":
			return "", fmt.Errorf("entry %d is an erase record and its opening is missing", index)
		case covered[index] == 'e':
			erased++
		default:
			return "", fmt.Errorf("entry %d has no opening, and nothing says that it was erased", index)
		}
	}
	return fmt.Sprintf("%d bodies right, %d erased, %d LOST", count, erased, lost), nil
}

func (l *log) record(line []byte, opened []bool, covered []byte) error {
	var opening struct {
		Index      *int64
		Salt, Body []byte
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&opening); err != nil {
		return err
	}
	if opening.Index == nil || *opening.Index < 0 || *opening.Index >= int64(len(l.leaves)) || opened[*opening.Index] {
		return errors.New("no such entry, or opened twice")
	}
	index := *opening.Index
	one := l.leaves[index]
	if len(opening.Salt) != 32 {
		return errors.New("the salt must have 32 bytes")
	}
	hash := sha256.New()
	hash.Write([]byte("access-log/v1/commit\n"))
	hash.Write(opening.Salt)
	hash.Write(opening.Body)
	if !bytes.Equal(hash.Sum(nil), one.commitment[:]) {
		return fmt.Errorf("entry %d: its body or salt is not the one committed to", index)
	}
	var body struct {
		Kind, At     string
		Erased, Lost json.RawMessage
	}
	if err := json.Unmarshal(opening.Body, &body); err != nil {
		return fmt.Errorf("entry %d: %w", index, err)
	}
	if body.Kind != one.kind || body.At != one.at {
		return fmt.Errorf("entry %d: its body says %q at %q, its leaf %q at %q", index, body.Kind, body.At, one.kind, one.at)
	}
	opened[index] = true
	switch one.kind {
	case "erase":
		return cover(body.Erased, index, 'e', covered)
	case "restored":
		return cover(body.Lost, index, 'l', covered)
	}
	return nil
}

// cover marks the spans that entry index accounts for, all below its own index.
func cover(raw json.RawMessage, index int64, mark byte, covered []byte) error {
	var spans [][]int64
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &spans); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
	}
	for _, span := range spans {
		if len(span) != 2 || span[0] < 0 || span[0] > span[1] || span[1] >= index {
			return fmt.Errorf("entry %d: its span %v is not below its own index", index, span)
		}
		for at := span[0]; at <= span[1]; at++ {
			// A loss stays a loss even when an erasure came later.
			if covered[at] != 'l' {
				covered[at] = mark
			}
		}
	}
	return nil
}
