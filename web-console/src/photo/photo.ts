/** A picture from the camera, a file or the clipboard as it is sent: upright, small enough for a phone's line, without the camera's own data (its place among them). */

/** Longest side, pixels: a number plate across the street is still read. */
const LONGEST = 2_048
const QUALITY = 0.85

/** Throws when the browser cannot read it as a picture. */
export async function photoOf(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file)
  try {
    return await drawn(bitmap, bitmap.width, bitmap.height)
  } finally {
    bitmap.close()
  }
}

/** What a video shows now. */
export function frameOf(video: HTMLVideoElement): Promise<Blob> {
  return drawn(video, video.videoWidth, video.videoHeight)
}

async function drawn(picture: CanvasImageSource, width: number, height: number): Promise<Blob> {
  const scale = Math.min(1, LONGEST / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const context = canvas.getContext('2d')
  if (!context || canvas.width === 0 || canvas.height === 0) throw new Error('no picture')
  // A transparent picture becomes a JPEG: on white.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  if (!blob) throw new Error('no picture')
  return blob
}

/** A photo is larger than an order, and a phone's line slow. */
export const PHOTO_TIMEOUT_MS = 60_000

/** Of what is written, so that it is said once however often it is sent; also without a secure context. */
export function newMessageId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}
