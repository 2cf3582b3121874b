/** Keeps what one call says, in the voice thread: every packet into a journal as it comes, and in the end the file that is evidence. */
import { createHash } from 'node:crypto'
import { createWriteStream, readdirSync, type WriteStream } from 'node:fs'
import { link, open, readFile, rm, statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type EvidenceId, type IncidentId, id, type SourceId } from '../../gateway/core/brand.ts'
import type { VoiceFile, VoiceOutcome, VoiceRecording } from '../../gateway/core/voice.ts'
import { callOf, formatHead, formatRecord, type JournalHead, readJournal, wavOf } from './recording.ts'

const FILE_MODE = 0o640
/** Longer calls go on without being recorded further: it bounds the memory in which the file is made. */
const MAX_RECORDED_MS = 30 * 60_000
/** Twice what a telephone sends in that time. */
const MAX_JOURNAL_BYTES = 32 * 1024 * 1024
/** A disk that stands still keeps so much waiting; what comes then is lost, and stated. */
const MAX_WAITING_BYTES = 512 * 1024
/** No telephone sends longer ones, and a journal's record holds no more than 32 kB. */
const MAX_PACKET_BYTES = 4_096
const NAME = /^(voice-[0-9a-f-]{36})\.rtp$/

/** Failures as the console knows them. */
export const NO_VOICE = 'no voice came from the caller'
export const DISK_FULL = 'the disk is too full to record'

const journalOf = (name: string) => `${name}.rtp`

export class Recorder {
  readonly #dir: string
  readonly #head: JournalHead
  readonly #file: WriteStream
  readonly #startedMs = performance.now()
  #bytes = 0

  constructor(dir: string, head: JournalHead) {
    this.#dir = dir
    this.#head = head
    this.#file = createWriteStream(join(dir, journalOf(head.id)), { flags: 'wx', mode: FILE_MODE, flush: true })
    // Out of space, or gone: what was written stays, and the file says how far it reaches.
    this.#file.on('error', () => {})
    this.#file.write(formatHead(head))
  }

  get recording(): VoiceRecording {
    return recordingOf(this.#head)
  }

  /** The whole datagram; written at once, so that a kill takes what is in this very moment under way and no more. */
  take(packet: Buffer, sent = false): void {
    const atMs = performance.now() - this.#startedMs
    if (atMs > MAX_RECORDED_MS || this.#bytes > MAX_JOURNAL_BYTES || this.#file.destroyed || this.#file.writableEnded)
      return
    if (this.#file.writableLength > MAX_WAITING_BYTES || packet.length > MAX_PACKET_BYTES) return
    this.#bytes += packet.length
    this.#file.write(formatRecord(atMs, packet, sent))
  }

  /** The call is over, at this time in UTC ms; nothing is taken any more. */
  stop(): number {
    this.#file.end()
    return Math.round(this.#head.fromMs + performance.now() - this.#startedMs)
  }

  /** What became of it. Never rejects. */
  async end(toMs: number): Promise<VoiceOutcome> {
    await this.#closed()
    return { toMs, ...(await finished(this.#dir, this.#head.id)).outcome }
  }

  /** There was no call. */
  async discard(): Promise<void> {
    this.#file.end()
    await this.#closed()
    await forget(this.#dir, this.#head.id)
  }

  #closed(): Promise<void> {
    return new Promise<void>(resolve => {
      if (this.#file.closed) resolve()
      else this.#file.once('close', resolve)
    })
  }
}

export async function hasRoom(dir: string, freeBytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(dir)
  return bavail * bsize >= freeBytes
}

/** What a crash left. Its files are listed before anything is awaited: calls of now are none of them. */
export async function* leftBehind(
  dir: string
): AsyncGenerator<{ readonly recording: VoiceRecording; readonly outcome: VoiceOutcome }> {
  for (const name of readdirSync(dir)) {
    const left = NAME.exec(name)?.[1]
    if (left === undefined) continue
    const { head, outcome } = await finished(dir, left)
    if (head) yield { recording: recordingOf(head), outcome }
    // Not even its first line was written: there is nothing to tell. What could not be read now stays for the next start.
    else if (outcome.failure === NO_VOICE) await forget(dir, left)
  }
}

/** It is on record: the journal has done its work. */
export async function forget(dir: string, name: string): Promise<void> {
  if (NAME.test(journalOf(name))) await rm(join(dir, journalOf(name)), { force: true })
}

/** Makes the file from the journal; done before, it finds the same. Never rejects. */
async function finished(
  dir: string,
  name: string
): Promise<{ readonly head?: JournalHead; readonly outcome: VoiceOutcome }> {
  let head: JournalHead | undefined
  try {
    const journal = readJournal(await readFile(join(dir, journalOf(name))))
    head = journal?.head
    const sound = journal && callOf(journal)
    if (!journal || !sound) return { head, outcome: { failure: NO_VOICE } }
    const wav = wavOf(sound)
    await publish(dir, `${name}.wav`, wav)
    const { law: codec, fromMs: actualFromMs, toMs: actualToMs, gapMs, gaps } = sound
    const sha256 = createHash('sha256').update(wav).digest('hex')
    const file: VoiceFile = {
      ...{ file: `${name}.wav`, actualFromMs, actualToMs, gapMs, gaps, codec, bytes: wav.length, sha256 }
    }
    return { head: journal.head, outcome: { file } }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed'
    return { head, outcome: { failure: `STORE_FAILED ${code}` } }
  }
}

/** Durable, and under its name only when it is whole; a link, since a rename would replace evidence that is there already. */
async function publish(dir: string, name: string, bytes: Buffer): Promise<void> {
  const part = join(dir, name.replace(/\.wav$/, '.part.wav'))
  await rm(part, { force: true })
  const file = await open(part, 'wx', FILE_MODE)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await link(part, join(dir, name)).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || !bytes.equals(await readFile(join(dir, name)))) throw error
  })
  await unlink(part)
  const folder = await open(dir, 'r')
  await folder.sync().finally(() => folder.close())
}

export function recordingOf({ id: name, sourceId, eventId, fromMs, incidentId }: JournalHead): VoiceRecording {
  const of = incidentId === undefined ? {} : { incidentId: id<IncidentId>(incidentId) }
  return { id: id<EvidenceId>(name), sourceId: id<SourceId>(sourceId), eventId, fromMs, ...of }
}
