/** What cameras notice by themselves, brought to the registry's cameras: motion to the recorder, tampering and lost video to their health. */
import type { CameraId } from '../core/brand.ts'
import type { CameraClaims } from '../core/camera-health.ts'
import type { CameraEvent, CameraSighting } from '../core/ports.ts'

export interface NoticedDeps {
  cameraAt(where: Pick<CameraSighting, 'endpoint' | 'address'>): CameraId | undefined
  motion(cameraId: CameraId, active: boolean, atMs: number): void
}

export interface Noticed {
  take(event: CameraEvent): void
  /** As the camera said last. */
  claims(cameraId: CameraId, nowMs: number): CameraClaims
}

type Claim = { readonly active: boolean; readonly atMs: number }

/** Some cameras never say that it is over: what was not repeated for so long is. */
const CLAIM_KEPT_MS = 3_600_000
const NOTHING: CameraClaims = {}

export function createNoticed({ cameraAt, motion }: NoticedDeps): Noticed {
  /** Only of the registry's cameras, so that their number bounds it. */
  const said = new Map<CameraId, Partial<Record<keyof CameraClaims, Claim>>>()
  return {
    take({ endpoint, address, kind, active, atMs }) {
      const cameraId = cameraAt({ endpoint, address })
      if (cameraId === undefined) return
      if (kind === 'motion') motion(cameraId, active, atMs)
      else said.set(cameraId, { ...said.get(cameraId), [kind]: { active, atMs } })
    },
    claims(cameraId, nowMs) {
      const claims = said.get(cameraId)
      if (!claims) return NOTHING
      const still = (claim: Claim | undefined) => claim?.active && nowMs - claim.atMs < CLAIM_KEPT_MS
      return { tampered: still(claims.tampered), videoLoss: still(claims.videoLoss) }
    }
  }
}
