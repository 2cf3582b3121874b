/** Photos of a terminal (0x0801, in parts): collected, handed to the evidence of its open incident, answered with 0x8800 once they are durable. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createUploadBudget, isJpeg, keepPhoto, PHOTO_BUDGET_BYTES } from '../kit/device-photos.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Link } from '../kit/vehicles.ts'
import type { Jt808Config } from './config.ts'
import type { Frame } from './frame.ts'
import { createUpload, decodeMedia, type Media, type Missing, type UploadProgress } from './upload.ts'

/** Results of 0x8001. */
const DONE = 0
const FAILED = 1
const UNSUPPORTED = 3
/** No part for so long: what is missing is asked for again, or what could not be kept is tried again. */
const OVERDUE_MS = 5_000
const MAX_KEEPS = 5

export interface Photos {
  /** For one connection. */
  open(link: Link): PhotoLine
  /** The adapter stops: no timer is left. */
  close(): void
}

export interface PhotoLine {
  /** One frame of a 0x0801; `verified` when this connection has authenticated its phone. Answers by itself. */
  take(frame: Frame, verified: boolean): void
  close(): void
}

export function createPhotos(host: AdapterHost, config: Jt808Config): Photos {
  const budget = createUploadBudget(PHOTO_BUDGET_BYTES)
  /** Those with an upload under way. */
  const busy = new Set<Line>()
  return {
    open: link => new Line(link, host, createUpload(config.photoMaxBytes, budget), busy),
    close() {
      for (const line of busy) line.close()
    }
  }
}

class Line implements PhotoLine {
  private readonly link: Link
  private readonly host: AdapterHost
  private readonly upload: ReturnType<typeof createUpload>
  private phone = ''
  private cancel = () => {}
  private keeping = false
  private keeps = 0
  private closed = false

  private readonly busy: Set<Line>

  constructor(link: Link, host: AdapterHost, upload: ReturnType<typeof createUpload>, busy: Set<Line>) {
    this.busy = busy
    this.link = link
    this.host = host
    this.upload = upload
  }

  take(frame: Frame, verified: boolean): void {
    const reply = (result: number): void => {
      this.link.send(0x8001, Buffer.concat([words(frame.serial, frame.id), Buffer.from([result])]))
    }
    if (frame.encryption !== 0) {
      this.host.reject('encrypted', this.link.origin, '0x801')
      reply(UNSUPPORTED)
      return
    }
    // Pictures for the evidence come from the vehicle itself or not at all.
    if (!verified) {
      this.host.reject('notAuthenticated', this.link.origin, frame.phone)
      reply(FAILED)
      return
    }
    if (this.phone !== frame.phone) this.upload.drop()
    this.phone = frame.phone
    const { total, index } = frame.part ?? { total: 1, index: 1 }
    const progress = this.upload.add({ total, index, serial: frame.serial, body: frame.body })
    if (progress.state === 'refused') reply(UNSUPPORTED)
    // The part that completes a photo is answered by 0x8800 alone: that is durable, a part is not.
    else if (progress.state === 'waiting' || progress.state === 'lacking') reply(DONE)
    this.advance(progress)
  }

  close(): void {
    this.closed = true
    this.upload.drop()
    this.watch()
  }

  private advance(progress: UploadProgress): void {
    switch (progress.state) {
      case 'refused':
        if (progress.detail !== 'rest') this.host.reject('photoRefused', this.link.origin, progress.detail)
        break
      case 'answered':
        this.link.send(0x8800, mediaAnswer(progress.mediaId))
        break
      case 'lacking':
        this.askAgain(progress.missing)
        break
      case 'whole':
        // Beside the other frames: a press must not wait behind a picture.
        void this.keep(progress)
        break
      case 'waiting':
        break
    }
    this.watch()
  }

  private watch(): void {
    this.cancel()
    if (this.closed || !this.upload.open) {
      this.busy.delete(this)
      return
    }
    this.busy.add(this)
    this.cancel = this.host.clock.after(OVERDUE_MS, () => {
      const progress = this.upload.overdue()
      if (progress) this.advance(progress)
    })
  }

  private askAgain({ mediaId, firstSerial, indexes }: Missing): void {
    const list = Buffer.concat([Buffer.from([indexes.length]), words(...indexes)])
    if (mediaId === undefined) this.link.send(0x8003, Buffer.concat([words(firstSerial), list]))
    else this.link.send(0x8800, Buffer.concat([mediaAnswer(mediaId), list]))
  }

  private async keep({ body, upload }: Extract<UploadProgress, { state: 'whole' }>): Promise<void> {
    if (this.keeping) return
    this.keeping = true
    try {
      const { phone } = this
      const media = decodeMedia(body())
      const outcome = await this.store(media, phone)
      if (outcome !== 'kept') this.host.reject(outcome, this.link.origin, phone)
      if (this.closed) return
      this.keeps = 0
      // Also for what is not wanted: the terminal would send it for ever.
      const mediaId = media?.mediaId ?? 0
      this.upload.answered(upload, mediaId)
      this.link.send(0x8800, mediaAnswer(mediaId))
    } catch (error) {
      this.notKept(error)
    } finally {
      this.keeping = false
      this.watch()
    }
  }

  private async store(
    media: Media | undefined,
    phone: string
  ): Promise<'kept' | 'photoFormat' | 'photoUnwanted' | 'photoTooMany'> {
    if (media?.type !== 0 || media.format !== 0 || !isJpeg(media.data)) return 'photoFormat'
    return keepPhoto(this.host, {
      sourceId: id<SourceId>(`jt808:${phone}`),
      receivedMs: this.host.clock.now(),
      deviceTimeMs: media.location?.deviceMs,
      channel: media.channel,
      mediaId: media.mediaId,
      bytes: media.data
    })
  }

  /** Not durable, so not answered (invariant 1); tried again with what is here, and the terminal may send it again too. */
  private notKept(error: unknown): void {
    const ours = !(error instanceof GatewayError)
    if (ours) this.host.log.error({ origin: this.link.origin, err: error }, 'a photo could not be kept')
    this.host.reject(ours ? 'internal' : 'notStored', this.link.origin, error instanceof Error ? error.message : '')
    this.keeps += 1
    if (this.keeps < MAX_KEEPS) return
    this.keeps = 0
    this.upload.drop()
  }
}

function mediaAnswer(mediaId: number): Buffer {
  const body = Buffer.alloc(4)
  body.writeUInt32BE(mediaId)
  return body
}
