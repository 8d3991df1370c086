// aws-auth-judge answers, for aws-auth ConfigMaps and callers, what AWS's own authenticator answers as EKS runs it
// (backend mode EKSConfigMap). It runs the authenticator's code; nothing of it is written anew. See README.md.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/sirupsen/logrus"
)

// largestLine is how long one document may be; a ConfigMap holds at most 1 MiB, which JSON can escape to six.
const largestLine = 16 << 20

func main() {
	logrus.SetOutput(io.Discard)
	if err := judgeLines(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "aws-auth-judge:", err)
		os.Exit(1)
	}
}

// judgeLines answers each line with one line, in order.
func judgeLines(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<16), largestLine)
	answers := bufio.NewWriterSize(out, 1<<16)
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for number := 1; lines.Scan(); number++ {
		var document document
		if err := json.Unmarshal(lines.Bytes(), &document); err != nil {
			return fmt.Errorf("line %d is not a document: %w", number, err)
		}
		if err := encoder.Encode(judge(document)); err != nil {
			return err
		}
		if err := answers.Flush(); err != nil {
			return err
		}
	}
	return lines.Err()
}
