/** One running stream of a camera: sends each picture of the loop when it is due to every viewer, as a live camera does. */

import type { TownClock } from './clock.ts'
import type { Loop } from './loop.ts'
import { type PacketRun, type PicturePackets, packetise, packetiseLoop, writeRun } from './packets.ts'
import { type Listener, Sound } from './sound.ts'
import { stampNal } from './stamp.ts'

/** RTP clock of video (RFC 6184 8.2.1). */
export const RTP_CLOCK_HZ = 90_000

/** Someone who watches; RTP fields advance as pictures are sent. */
export interface Viewer {
  readonly channel: number
  readonly ssrc: number
  /** Random start of this viewer's time stamps (RFC 3550 5.1). */
  readonly timestampBase: number
  sequence: number
  /** True until the next keyframe: a new viewer, or one whose line was full. */
  waitsForKey: boolean
  /** Interleaved packets of one picture; false when the line is full and the viewer must wait for a keyframe. */
  send(picture: Buffer, packets: number): boolean
  /** Told once per picture before its packets: `timestamp` is what the viewer's packets carry, `wallMs` when it was taken. */
  pictureAt(timestamp: number, wallMs: number): void
}

/** Runs while someone watches; the frame number and the time stamps go on over pauses and over the seam of the loop. */
export class Broadcast {
  readonly loop: Loop
  readonly #clock: TownClock
  readonly #camera: number
  readonly fps: number
  readonly #pictures: readonly PicturePackets[]
  /** What the camera's microphone hears; undefined when it has none. */
  readonly sound: Sound | undefined
  readonly #viewers = new Set<Viewer>()
  #index = 0
  #frame = 0
  #epochMs = 0
  #ticks = 0
  #cancel: (() => void) | undefined
  /** Fault for tests: pictures are due but none is sent. */
  silent = false

  /** `alaw` is the sound of one loop, as long as its pictures. */
  constructor(clock: TownClock, camera: number, loop: Loop, fps: number, alaw?: Buffer) {
    this.#clock = clock
    this.#camera = camera
    this.fps = fps
    this.loop = loop
    this.#pictures = packetiseLoop(loop)
    this.sound = alaw ? new Sound(alaw, fps) : undefined
  }

  get viewers(): number {
    return this.#viewers.size
  }

  /** The first viewer starts the loop at a keyframe at once; later ones wait for the next keyframe. */
  add(viewer: Viewer): void {
    this.#viewers.add(viewer)
    this.#run()
  }

  #run(): void {
    if (this.#cancel) return
    this.#index = 0
    this.#ticks = 0
    this.#epochMs = this.#clock.now()
    this.#cancel = this.#clock.after(0, () => this.#tick())
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer)
    this.#rest()
  }

  /** Someone hears the sound, with or without the pictures. */
  listen(listener: Listener): void {
    this.sound?.listeners.add(listener)
    this.#run()
  }

  unlisten(listener: Listener): void {
    this.sound?.listeners.delete(listener)
    this.#rest()
  }

  #rest(): void {
    if (this.#viewers.size > 0 || (this.sound?.listeners.size ?? 0) > 0) return
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** When the next picture is taken; stamp, time stamp and sender report all say this moment. */
  get #dueMs(): number {
    return this.#epochMs + (this.#ticks * 1000) / this.fps
  }

  #tick(): void {
    if (!this.silent) {
      this.#sendPicture(this.#dueMs)
      this.sound?.send(this.#epochMs, this.#ticks)
    }
    this.#index = (this.#index + 1) % this.#pictures.length
    this.#ticks++
    this.#cancel = this.#clock.after(Math.max(0, this.#dueMs - this.#clock.now()), () => this.#tick())
  }

  #sendPicture(wallMs: number): void {
    const picture = this.#pictures[this.#index]
    if (!picture) return
    const { codec } = this.loop
    const stamp = packetise([stampNal(wallMs, this.#frame, this.#camera, codec)], false, codec)
    const runs = [picture.head, stamp, picture.slices]
    const elapsed = Math.round((wallMs * RTP_CLOCK_HZ) / 1000)
    for (const viewer of this.#viewers) {
      if (viewer.waitsForKey && !picture.key) continue
      const timestamp = (viewer.timestampBase + (elapsed % 2 ** 32)) % 2 ** 32
      viewer.pictureAt(timestamp, wallMs)
      viewer.waitsForKey = !sendTo(viewer, runs, timestamp)
    }
    this.#frame++
  }
}

function sendTo(viewer: Viewer, runs: readonly PacketRun[], timestamp: number): boolean {
  const picture = Buffer.allocUnsafe(runs.reduce((sum, run) => sum + run.bytes.length, 0))
  const first = viewer.sequence
  let offset = 0
  for (const run of runs) {
    const fields = { channel: viewer.channel, sequence: viewer.sequence, timestamp, ssrc: viewer.ssrc }
    offset += writeRun(run, fields, picture, offset)
    viewer.sequence = (viewer.sequence + run.at.length) & 0xffff
  }
  return viewer.send(picture, (viewer.sequence - first) & 0xffff)
}
