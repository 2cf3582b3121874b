/** The frame on screen as a JPEG file: taken at the key press, put on record by the gateway, then saved. */
import { post } from '../wire/api.ts'

/** `人民路口东南_2026-11-22_03-13-18.jpg`; what a file system may not have in a name is left out. */
export function stillName(cameraName: string, atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(atMs)
  const name = cameraName
    .replace(/[\\/:*?"<>|\p{Cc}]+/gu, '')
    .trim()
    .replace(/\s+/g, '-')
  return `${name || 'camera'}_${parts.replace(' ', '_').replaceAll(':', '-')}.jpg`
}

export interface StillWish {
  readonly cameraId: string
  readonly cameraName: string
  readonly atMs: number
  readonly timeZone: string
  readonly reason?: string | undefined
}

/** False when there is no frame to take; throws `Refusal` when the gateway does not put it on record, and then nothing is saved. */
export async function takeStill(video: HTMLVideoElement | null | undefined, wish: StillWish): Promise<boolean> {
  if (!video || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return false
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  await post(
    `/api/cameras/${encodeURIComponent(wish.cameraId)}/still-taken`,
    wish.reason ? { reason: wish.reason } : {}
  )
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.92))
  if (!blob) return false
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = stillName(wish.cameraName, wish.atMs, wish.timeZone)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  return true
}
