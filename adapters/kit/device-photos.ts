/** Photos that vehicles upload in pieces, whatever the protocol: what they may cost, what is a JPEG, and their way into the evidence. */
import type { AdapterHost, DeviceEvidence } from '../../gateway/core/ports.ts'

/** Unfinished uploads of all terminals together. */
export const PHOTO_BUDGET_BYTES = 32 * 1024 * 1024

/** Bytes of unfinished uploads over all connections: thousands of terminals must not fill the memory together. */
export interface UploadBudget {
  take(bytes: number): boolean
  give(bytes: number): void
}

export function createUploadBudget(maxBytes: number): UploadBudget {
  let used = 0
  return {
    take(bytes) {
      if (used + bytes > maxBytes) return false
      used += bytes
      return true
    },
    give(bytes) {
      used -= bytes
    }
  }
}

/** Start of image, then a marker; what follows is for whoever looks at it. */
export function isJpeg(data: Buffer): boolean {
  return data.length > 3 && data[0] === 0xff && data[1] === 0xd8 && data[2] === 0xff
}

/** Resolves when it is durable, or not wanted; rejects when it could not be stored. */
export async function keepPhoto(
  host: Pick<AdapterHost, 'evidence'>,
  photo: Omit<DeviceEvidence, 'kind'>
): Promise<'kept' | 'photoUnwanted' | 'photoTooMany'> {
  const outcome = await host.evidence?.({ kind: 'photo', ...photo })
  if (outcome === 'kept') return 'kept'
  return outcome === 'full' ? 'photoTooMany' : 'photoUnwanted'
}
