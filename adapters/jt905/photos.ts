/** Pictures of a line's vehicles (0x0800): collected, handed to the evidence of the open incident; the piece that completes one is answered when it is durable. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createUploadBudget, keepPhoto, PHOTO_BUDGET_BYTES } from '../kit/device-photos.ts'
import { answerBody } from '../kit/terminal-frame.ts'
import type { Link } from '../kit/vehicles.ts'
import type { Jt905Config } from './config.ts'
import type { Frame } from './frame.ts'
import { createUpload, decodePiece, readPicture, type Upload, type UploadProgress } from './upload.ts'

/** Results of 0x8001. */
const [DONE, FAILED, WRONG] = [0, 1, 2]
/** Without a piece for so long the rest never comes: units send each again until it is answered. */
const OVERDUE_MS = 120_000
/** Vehicles behind one concentrator that may upload at once. */
const MAX_UPLOADS = 32

export interface Photos {
  /** For one line. */
  open(link: Link): PhotoLine
  /** The adapter stops: no timer is left. */
  close(): void
}

export interface PhotoLine {
  /** One 0x0800; `verified` when this line is a closed one and speaks for the vehicle. Answers by itself. */
  take(frame: Frame, verified: boolean): void
  close(): void
}

interface Sender {
  readonly upload: Upload
  cancel(): void
  keeping: boolean
}

export function createPhotos(host: AdapterHost, config: Jt905Config): Photos {
  const budget = createUploadBudget(PHOTO_BUDGET_BYTES)
  const lines = new Set<PhotoLine>()
  return {
    open(link) {
      const line = openLine(link, host, () => createUpload(config.photoMaxBytes, budget))
      const own: PhotoLine = {
        take: line.take,
        close() {
          lines.delete(own)
          line.close()
        }
      }
      lines.add(own)
      return own
    },
    close() {
      for (const line of [...lines]) line.close()
    }
  }
}

function openLine(link: Link, host: AdapterHost, begin: () => Upload): PhotoLine {
  const senders = new Map<string, Sender>()
  let closed = false
  const end = (isu: string): void => {
    senders.get(isu)?.cancel()
    senders.get(isu)?.upload.drop()
    senders.delete(isu)
  }
  const senderOf = (isu: string): Sender => {
    const known = senders.get(isu)
    if (known) return known
    if (senders.size >= MAX_UPLOADS) end(senders.keys().next().value as string)
    const fresh: Sender = { upload: begin(), cancel: () => undefined, keeping: false }
    senders.set(isu, fresh)
    return fresh
  }
  const keep = async (
    { isu, serial }: Frame,
    sender: Sender,
    { bytes, first }: Extract<UploadProgress, { state: 'whole' }>
  ): Promise<void> => {
    sender.keeping = true
    try {
      const picture = readPicture(bytes, first)
      const outcome = picture
        ? await keepPhoto(host, {
            ...{ sourceId: id<SourceId>(`jt905:${isu}`), receivedMs: host.clock.now(), deviceTimeMs: picture.deviceMs },
            // Cameras are counted from 0 here and from 1 everywhere else.
            ...{ channel: picture.camera + 1, mediaId: picture.fileId, bytes: picture.jpeg }
          })
        : 'photoFormat'
      if (outcome !== 'kept') host.reject(outcome, link.origin, isu)
      if (closed) return
      end(isu)
      // Also for what is not wanted: the unit would send it for ever.
      link.send(0x8001, answerBody(serial, 0x0800, DONE), isu)
    } catch (error) {
      // Not durable, so not answered (invariant 1): the unit sends its last piece again.
      const ours = !(error instanceof GatewayError)
      if (ours) host.log.error({ origin: link.origin, err: error }, 'a photo could not be kept')
      host.reject(ours ? 'internal' : 'notStored', link.origin, error instanceof Error ? error.message : '')
    } finally {
      sender.keeping = false
    }
  }
  return {
    take(frame, verified) {
      const reply = (result: number) => void link.send(0x8001, answerBody(frame.serial, frame.id, result), frame.isu)
      // Pictures for the evidence come from the vehicle itself or not at all.
      if (!verified) {
        host.reject('notThisVehicle', link.origin, frame.isu)
        return reply(FAILED)
      }
      const piece = decodePiece(frame.body)
      if (!piece) {
        host.reject('shortBody', link.origin, '0x800')
        return reply(WRONG)
      }
      const sender = senderOf(frame.isu)
      if (sender.keeping) return
      const progress = sender.upload.add(piece)
      sender.cancel()
      sender.cancel = host.clock.after(OVERDUE_MS, () => {
        if (sender.keeping) return
        if (sender.upload.open) host.reject('photoRefused', link.origin, 'the rest never came')
        end(frame.isu)
      })
      if (progress.state === 'whole') void keep(frame, sender, progress)
      else if (progress.state === 'waiting') reply(DONE)
      else {
        host.reject('photoRefused', link.origin, progress.detail)
        end(frame.isu)
        reply(WRONG)
      }
    },
    close() {
      closed = true
      for (const isu of [...senders.keys()]) end(isu)
    }
  }
}
