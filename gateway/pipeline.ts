/** The alarm line, readable at a glance: journal (what comes too fast gathered), then acknowledge; judge; open or merge; pin the evidence. No bus, no hidden order. */
import type { SourceId } from './core/brand.ts'
import type { Incident } from './core/incident.ts'
import type { Clock, Log, Remember } from './core/ports.ts'
import { createPatientSerial } from './core/serial.ts'
import type { Accepted, Signal } from './core/signal.ts'
import type { Change, Journal, JournaledSignal } from './core/store.ts'
import { createGather, type GatherOptions } from './intake/gather.ts'
import type { Intake, Judged } from './intake/intake.ts'

export interface PipelineRooms {
  readonly clock: Pick<Clock, 'steady' | 'after'>
  readonly journal: Journal
  /** Told of each second in which a source pressed faster than any button is pressed. */
  readonly gathered?: GatherOptions['gathered']
  readonly intake: Intake
  readonly incidents: {
    raise(judged: Judged): Promise<{ readonly incident: Incident; readonly opened: boolean }>
    remark(judged: Judged): Promise<unknown>
  }
  readonly evidence: { begin(incident: Incident): void; extend(incident: Incident): void }
  commit(change: Change): Promise<unknown>
  readonly log: Log
}

export interface Pipeline {
  /** Resolves when the signal is durable: only then may the device be acknowledged (rule 1). */
  accept(signal: Signal, remember?: Remember): Promise<Accepted>
  /** Works what a crash or a failing store left between journal and incident; safe to repeat. */
  recover(left: readonly JournaledSignal[]): void
  /** Signals accepted and not yet worked into an incident, with those that failed. */
  readonly backlog: number
  /** Of these, what failed: `recover` is worth calling. */
  readonly failed: number
  idle(): Promise<void>
  /** Resolves when everything journaled of this source has been worked, or failed. */
  idleOf(sourceId: SourceId): Promise<void>
}

export function createPipeline(rooms: PipelineRooms): Pipeline {
  const queues = createPatientSerial() // one per source: its order is kept, different sources run side by side
  const [under, failed] = [new Set<number>(), new Set<number>()] // being worked; journaled and not handled
  const growing = new Set<number>() // presses are being gathered into it

  async function work(seq: number, signal: Signal): Promise<void> {
    const judged = rooms.intake.judge(seq, signal)
    if (judged.effect === 'none') await rooms.commit({ ...judged.keep, handled: [seq] })
    else if (judged.effect === 'remark') await rooms.incidents.remark(judged)
    else {
      const { incident, opened } = await rooms.incidents.raise(judged) // durable and published
      if (opened) rooms.evidence.begin(incident)
      else rooms.evidence.extend(incident)
    }
  }

  function enqueue({ seq, signal }: JournaledSignal): void {
    if (under.has(seq) || growing.has(seq)) return
    under.add(seq)
    void queues
      .run(signal.sourceId, () => work(seq, signal))
      .then(
        () => failed.delete(seq),
        error => {
          failed.add(seq)
          rooms.log.error({ err: error, seq, source: signal.sourceId }, 'a signal is not an incident yet')
        }
      )
      .finally(() => under.delete(seq))
  }

  const gather = createGather({
    ...{ clock: rooms.clock, journal: rooms.journal, gathered: rooms.gathered },
    held: seq => growing.add(seq),
    work(row) {
      growing.delete(row.seq)
      enqueue(row)
    }
  })

  return {
    accept: gather.accept,
    recover(left) {
      for (const row of left) enqueue(row)
    },
    get backlog() {
      let unworked = under.size + growing.size
      for (const seq of failed) if (!under.has(seq)) unworked++
      return unworked
    },
    get failed() {
      return failed.size
    },
    async idle() {
      await gather.settle()
      await queues.idle()
    },
    async idleOf(sourceId) {
      await gather.settle(sourceId)
      await queues.idleOf(sourceId)
    }
  }
}
