/** Keeps the picture on the screen as a file; on record before it is made. Throws `Refusal`. */
import { post } from '../../wire/api.ts'
import { siteTimeText } from './site-time.ts'

export interface StillWish {
  readonly cameraId: string
  readonly name: string
  /** When the picture was filmed, UTC ms. */
  readonly atMs: number
  readonly incidentId: string | undefined
  readonly reason: string | undefined
  readonly zone: string
}

export async function saveStill(video: HTMLVideoElement, wish: StillWish): Promise<void> {
  const { cameraId, name, atMs, incidentId, reason, zone } = wish
  // The picture first: what is on the screen now is what was wished for.
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  await post(`/api/cameras/${encodeURIComponent(cameraId)}/recording-still`, {
    atMs: Math.round(atMs),
    ...(incidentId === undefined ? {} : { incidentId }),
    ...(reason === undefined ? {} : { reason })
  })
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.95))
  if (!blob) return
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}-${siteTimeText(atMs, zone).replaceAll(/[ :]/g, '')}.jpg`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
