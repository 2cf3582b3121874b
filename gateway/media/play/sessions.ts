/** The playback sessions of one worker: how many, of whom. */
import type { WebSocket } from 'ws'
import type { UserId } from '../../core/brand.ts'
import type { Clock, Log } from '../../core/ports.ts'
import type { VideoCodec } from '../codec/config.ts'
import type { RecordedMedia } from '../record/types.ts'
import type { PlayTicket } from '../ticket.ts'
import type { Transcodes } from '../transcode/transcodes.ts'
import { ReadBudget } from './budget.ts'
import { PlaySession } from './session.ts'

export interface PlaySessionsOptions {
  readonly media: RecordedMedia
  readonly clock: Clock
  readonly log: Log
  readonly transcodes: Pick<Transcodes, 'seat'>
}

/** Nine pictures and as many that are just being replaced. */
export const MAX_PER_USER = 18
export const MAX_PER_WORKER = 64
/** Of one worker: a recorder of 400 cameras writes as much. */
const READ_BYTES_PER_SECOND = 64 * 1024 * 1024
const CLOSE_BUSY = 1013

export class PlaySessions {
  readonly #options: PlaySessionsOptions
  readonly #media: RecordedMedia
  readonly #budget: ReadBudget
  readonly #perUser = new Map<UserId, number>()
  #count = 0

  constructor(options: PlaySessionsOptions) {
    this.#options = options
    this.#media = eitherStream(options.media)
    this.#budget = new ReadBudget(READ_BYTES_PER_SECOND, options.clock)
  }

  get count(): number {
    return this.#count
  }

  /** Takes over a socket whose ticket was read and used up; closes it with 1013 where there are too many. */
  accept(socket: WebSocket, ticket: PlayTicket, plays: ReadonlySet<VideoCodec>): void {
    const { userId, cameraId, stream, fromMs, toMs, audio } = ticket
    const ofUser = this.#perUser.get(userId) ?? 0
    if (ofUser >= MAX_PER_USER || this.#count >= MAX_PER_WORKER) {
      socket.close(CLOSE_BUSY, 'too many')
      return
    }
    this.#perUser.set(userId, ofUser + 1)
    this.#count++
    const range = { cameraId, stream, fromMs, toMs, audio }
    const { clock, log, transcodes } = this.#options
    const [media, budget] = [this.#media, this.#budget]
    const session = new PlaySession({ line: socket, media, range, budget, plays, transcodes, clock, log })
    socket.on('message', (data, binary) => session.take(binary ? '' : String(data)))
    socket.once('close', () => {
      session.close()
      this.#count--
      const left = (this.#perUser.get(userId) ?? 1) - 1
      if (left > 0) this.#perUser.set(userId, left)
      else this.#perUser.delete(userId)
    })
  }
}

/** A camera is recorded in one stream, which the one who plays need not know: where the asked one has nothing, the other one is given. */
function eitherStream(media: RecordedMedia): RecordedMedia {
  return {
    async segments(cameraId, stream, fromMs, toMs) {
      const asked = await media.segments(cameraId, stream, fromMs, toMs)
      return asked.length > 0 ? asked : media.segments(cameraId, stream === 'main' ? 'sub' : 'main', fromMs, toMs)
    },
    index: segment => media.index(segment)
  }
}
