/** Sends the phone's camera to the video worker until it is stopped: pictures encoded here, over a WebSocket, so that it passes where nothing but HTTPS does. */
import type { PhoneVideoAnswer } from '../../../../../gateway/core/phone-video.ts'
import type { Ticket } from '../../../../../gateway/core/wire.ts'
import { workerUrl } from '../../../player/tickets.ts'
import { post, Refusal } from '../../../wire/api.ts'
import { partsOf } from './picture-parts.ts'

/** `lost`: the line is down and tried again; the others end it. */
export type SenderState = 'starting' | 'sending' | 'lost' | 'noCamera' | 'noCodec' | 'refused'

export interface CameraSender {
  readonly stream: MediaStream | undefined
  stop(): void
}

const FRAME_MS = 83
const KEY_EVERY_MS = 2_000
const AGAIN_MS = 1_000
const BITRATE = 900_000
/** More unsent than this: pictures are left out until the line has read them. */
const MAX_UNSENT = 400_000
const WISH: MediaStreamConstraints = {
  video: {
    facingMode: { ideal: 'environment' },
    width: { ideal: 640 },
    height: { ideal: 480 },
    frameRate: { ideal: 12 }
  },
  audio: false
}

/** Asks for the camera at once, by the press that it is called in. */
export function sendCamera(changed: (state: SenderState, stream?: MediaStream) => void): CameraSender {
  const sender = new Sender(changed)
  void sender.run()
  return sender
}

class Sender implements CameraSender {
  stream: MediaStream | undefined
  readonly #changed: (state: SenderState, stream?: MediaStream) => void
  readonly #video = document.createElement('video')
  #encoder: VideoEncoder | undefined
  #size = ''
  #socket: WebSocket | undefined
  #ready = false
  #sequence = 0
  #keyAtMs = 0
  #timer: ReturnType<typeof setInterval> | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #stopped = false
  #pressed = false

  constructor(changed: (state: SenderState, stream?: MediaStream) => void) {
    this.#changed = changed
  }

  async run(): Promise<void> {
    this.#changed('starting')
    if (!('VideoEncoder' in globalThis)) return this.#fail('noCodec')
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(WISH)
    } catch {
      return this.#fail('noCamera')
    }
    if (this.#stopped) return this.#release()
    // Taken away by the system, or switched off by the owner of the phone.
    for (const track of this.stream.getTracks()) track.addEventListener('ended', () => this.#fail('noCamera'))
    this.#video.muted = true
    this.#video.playsInline = true
    this.#video.srcObject = this.stream
    await this.#video.play().catch(() => undefined)
    this.#timer = setInterval(() => void this.#picture(), FRAME_MS)
    await this.#connect()
  }

  stop(): void {
    this.#stopped = true
    this.#release()
  }

  #fail(state: SenderState): void {
    if (this.#stopped) return
    this.stop()
    this.#changed(state)
  }

  #release(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#again)
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.#video.srcObject = null
    if (this.#encoder?.state !== 'closed') this.#encoder?.close()
    this.#socket?.close()
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return
    // One press is one request: what was asked anew while the line was down waits for a press of its own.
    const what: PhoneVideoAnswer['what'] = this.#pressed ? 'again' : 'start'
    this.#pressed = true
    try {
      const ticket = await post<Ticket>('/api/patrol/video', { what })
      if (!this.#stopped) this.#open(ticket)
    } catch (error) {
      if (error instanceof Refusal && error.status >= 400 && error.status < 500) this.#fail('refused')
      else this.#later()
    }
  }

  #open(ticket: Ticket): void {
    const socket = new WebSocket(workerUrl(ticket, 'ws'))
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    socket.onopen = () => socket.send(JSON.stringify({ ticket: ticket.ticket }))
    socket.onmessage = () => {
      this.#ready = true
      this.#sequence = 0
      this.#keyAtMs = 0
      this.#changed('sending', this.stream)
    }
    socket.onclose = () => {
      this.#ready = false
      if (!this.#stopped) this.#later()
    }
  }

  #later(): void {
    if (this.#stopped) return
    this.#changed('lost', this.stream)
    this.#again = setTimeout(() => void this.#connect(), AGAIN_MS)
  }

  #picture(): void {
    const { videoWidth, videoHeight, readyState } = this.#video
    if (!this.#ready || readyState < HTMLMediaElement.HAVE_CURRENT_DATA || videoWidth === 0) return
    if ((this.#socket?.bufferedAmount ?? 0) > MAX_UNSENT || (this.#encoder?.encodeQueueSize ?? 0) > 2) return
    const encoder = this.#encoderFor(videoWidth & ~1, videoHeight & ~1)
    const nowMs = performance.now()
    const keyFrame = nowMs - this.#keyAtMs >= KEY_EVERY_MS
    if (keyFrame) this.#keyAtMs = nowMs
    const frame = new VideoFrame(this.#video, { timestamp: Math.round(nowMs * 1_000) })
    encoder.encode(frame, { keyFrame })
    frame.close()
  }

  /** A phone that is turned has another size. */
  #encoderFor(width: number, height: number): VideoEncoder {
    const size = `${width}×${height}`
    if (this.#encoder && size === this.#size) return this.#encoder
    this.#encoder?.close()
    this.#size = size
    this.#keyAtMs = 0
    const encoder = new VideoEncoder({
      output: chunk => this.#send(chunk),
      error: () => this.#fail('noCodec')
    })
    encoder.configure({
      ...{ codec: 'avc1.42E01F', width, height, bitrate: BITRATE, framerate: 12 },
      ...{ latencyMode: 'realtime', avc: { format: 'annexb' } }
    })
    this.#encoder = encoder
    return encoder
  }

  #send(chunk: EncodedVideoChunk): void {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return
    const bytes = new Uint8Array(chunk.byteLength)
    chunk.copyTo(bytes)
    const timeMs = performance.timeOrigin + chunk.timestamp / 1_000
    for (const message of partsOf({ bytes, key: chunk.type === 'key', timeMs }, this.#sequence)) {
      this.#socket.send(message)
      this.#sequence = (this.#sequence + 1) & 0xffff
    }
  }
}
