/** A live picture of one camera. */
import type { ReactNode } from 'react'

export interface LiveTileProps {
  readonly cameraId: string
  readonly name: string
  readonly stream: 'main' | 'sub'
  readonly caption?: ReactNode
  readonly label?: ReactNode
  /** Why a private camera is looked at (rule 9). */
  readonly reason?: string
}

export function LiveTile({ name }: LiveTileProps) {
  return <figure>{name}</figure>
}
