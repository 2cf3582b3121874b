/** Certificates of cameras that nobody vouches for: the first one seen is remembered, so that another one is noticed. */
import { type CameraId, id } from '../core/brand.ts'
import type { Media } from '../core/media.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Store } from '../core/store.ts'

const KIND = 'camera.certificate'
const MAX_CAMERAS = 5000

export interface CameraCertificatesDeps {
  readonly store: Pick<Store, 'documents' | 'commit'>
  readonly clock: Clock
  readonly log: Log
}

export interface CameraCertificates {
  of(cameraId: CameraId): string | undefined
  /** Remembers what the video plane sees, until the returned function is called. `changed` follows once it is durable. */
  learn(media: Pick<Media, 'onHealth'>, changed: () => unknown): () => void
}

interface Row {
  readonly sha256: string
}

/** Remembered ones are never replaced here: a person puts the new one into the registry (`tlsFingerprint`), which outranks them. */
export async function createCameraCertificates({
  store,
  clock,
  log
}: CameraCertificatesDeps): Promise<CameraCertificates> {
  const rows = await store.documents({ kind: KIND, limit: MAX_CAMERAS })
  const known = new Map(rows.map(({ key, body }) => [id<CameraId>(key), (body as Row).sha256]))
  const remember = async (cameraId: CameraId, sha256: string): Promise<void> => {
    const atMs = clock.now()
    const audit = [
      { atMs, who: 'system', action: 'camera.trustCertificate', object: cameraId, outcome: 'done', detail: { sha256 } }
    ] as const
    await store.commit({ documents: [{ kind: KIND, key: cameraId, body: { sha256, atMs } }], audit })
  }
  return {
    of: cameraId => known.get(cameraId),
    learn: (media, changed) =>
      media.onHealth(({ cameraId, newCertificate }) => {
        if (newCertificate === undefined || known.has(cameraId)) return
        known.set(cameraId, newCertificate)
        remember(cameraId, newCertificate)
          .catch((error: unknown) => {
            // Told again with the next health, a second later.
            known.delete(cameraId)
            throw error
          })
          .then(changed)
          .catch((error: unknown) => {
            log.warn({ err: error, cameraId }, 'the certificate of a camera could not be remembered')
          })
      })
  }
}
