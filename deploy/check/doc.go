// Package check holds deploy/ to the formats it is written in.
package check
