/** A photo that still waits on the phone. */
import { useEffect, useState } from 'react'
import type { PhotoBox } from '../photo-box.ts'

export interface HeldPictureProps {
  readonly box: PhotoBox
  readonly held: string
  readonly alt: string
}

export function HeldPicture({ box, held, alt }: HeldPictureProps) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    let made = ''
    let gone = false
    void box.get(held).then(photo => {
      if (gone || !photo) return
      made = URL.createObjectURL(photo)
      setUrl(made)
    })
    return () => {
      gone = true
      if (made) URL.revokeObjectURL(made)
    }
  }, [box, held])
  return url ? <img className="held-photo" src={url} alt={alt} /> : null
}
