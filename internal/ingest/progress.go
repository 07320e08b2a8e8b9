package ingest

import "time"

// Step names a step of an import.
type Step string

// The steps, in order.
const (
	StepDecode  Step = "decode"  // read, decode, render
	StepSeal    Step = "seal"    // content durable on disk
	StepBuild   Step = "build"   // flat snapshot durable on disk
	StepJudge   Step = "judge"   // the gate
	StepLeave   Step = "leave"   // what is gone is noted
	StepPublish Step = "publish" // the pointer moves
)

var steps = [...]Step{StepDecode, StepSeal, StepBuild, StepJudge, StepLeave, StepPublish}

// Progress is how far an import has come. Done and Total are bytes of the
// file as it came; Total is 0 where it is not known.
type Progress struct {
	Step        Step
	Done, Total int64
	Entries     int
}

// Timing is how long each step took.
type Timing map[Step]time.Duration
