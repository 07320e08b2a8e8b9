// Package reference answers what the rules say, slowly: linear over decoded
// entries, all of them or those of a group of its own making (Register), written
// straight from the rules (R1–R147), one file per noun. Tests compare the
// answers of the service with it. So that it can find their faults
// it shares no code with them: it imports the vocabulary and nothing else, and
// is imported by tests only.
package reference
