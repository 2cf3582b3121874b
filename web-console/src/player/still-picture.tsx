/** One evidence still, with its name; a grey box until it is there. */
import type { ReactNode } from 'react'
import { useStill } from './use-evidence.ts'
import './player.css'

export interface StillPictureProps {
  readonly evidenceId: string
  /** Read aloud in place of the picture. */
  readonly alt: string
  readonly label?: ReactNode
}

export function StillPicture({ evidenceId, alt, label }: StillPictureProps) {
  const url = useStill(evidenceId)
  return (
    <figure className="tile still-tile" data-state={url ? 'ready' : 'loading'}>
      {url ? <img src={url} alt={alt} /> : <div className="tile-outline" />}
      {label !== undefined && (
        <figcaption className="tile-name">
          <span className="tile-tag white el">{label}</span>
        </figcaption>
      )}
    </figure>
  )
}
