/** A whole file through Media Source Extensions in whatever page is open, played for a second. */

export interface FileState {
  readonly error: string | null
  readonly ranges: number
  readonly pictures: number
  readonly soundBytes: number
}

/** The script, for `page.evaluate`; gives a FileState. */
export function playFile(codecs: string, base64: string): string {
  return `(async () => {
  const video = document.createElement('video')
  document.body.append(video)
  const source = new MediaSource()
  video.src = URL.createObjectURL(source)
  await new Promise(resolve => source.addEventListener('sourceopen', resolve, { once: true }))
  const buffer = source.addSourceBuffer('video/mp4; codecs="${codecs}"')
  const data = Uint8Array.from(atob('${base64}'), character => character.charCodeAt(0))
  await new Promise((resolve, reject) => {
    buffer.onupdateend = resolve
    buffer.onerror = () => reject(new Error('source buffer'))
    buffer.appendBuffer(data)
  })
  video.currentTime = buffer.buffered.start(0) + 0.1
  await video.play()
  await new Promise(resolve => {
    const timer = setInterval(() => {
      if (video.currentTime < 1.2 && !video.error) return
      clearInterval(timer)
      resolve()
    }, 50)
  })
  return { error: video.error?.message ?? null, ranges: buffer.buffered.length,
    pictures: video.getVideoPlaybackQuality().totalVideoFrames, soundBytes: video.webkitAudioDecodedByteCount }
})()`
}
