/** Plays one evidence item. */
import type { ReactNode } from 'react'

export interface ClipPlayerProps {
  readonly evidenceId: string
  readonly loop?: boolean
  readonly label?: ReactNode
  readonly caption?: ReactNode
  readonly controls?: boolean
}

export function ClipPlayer({ label }: ClipPlayerProps) {
  return <figure>{label}</figure>
}
