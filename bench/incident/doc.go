// Command incident plays 6 June 2024 against the real program, step by step
// with a clock, and sets that day's times beside its own:
//
//	go run ./bench/incident                      at full size: under three minutes on two cores
//	go run ./bench/incident -readme README.md    and writes the table into the page's section
//
// That night the routine update of Sentral forskrivningsmodul's FEST data
// failed: 8000 active ingredients were missing, and the damaged data were
// served. Rebuilding took from 09:00 to about 10:45; the restart that followed
// was overrun by consumers who came back all at once, and the service was slow
// until 11:46.
//
// Here are a PostgreSQL of the command's own, three replicas, 2000 consumers
// and a probe that looks ingredients up all the time. The file of that night
// arrives (and is held); a person lets it through by mistake (and 8000 are
// missing); somebody goes back; and then everything is lost at once: PostgreSQL
// is away, all replicas are killed and start again while all consumers come
// back for the whole file.
//
// It exits with 1 where a promise was broken.
package main
