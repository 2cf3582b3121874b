/** File names of evidence: made from the evidence id alone, so that nothing from outside ever becomes a path. */
import type { EvidenceId } from '../../core/brand.ts'
import { GatewayError } from '../../core/errors.ts'

export type EvidenceFileKind = 'clip' | 'preview' | 'still'

const SUFFIX: Record<EvidenceFileKind, string> = { clip: '.mp4', preview: '-preview.mp4', still: '.jpg' }

/** Throws BODY_INVALID for an id that is more than a-z, 0-9 and `-`. A photo is what its bytes are. */
export function evidenceFile(evidenceId: EvidenceId, kind: EvidenceFileKind): string
export function evidenceFile(evidenceId: EvidenceId, kind: 'photo', type: 'jpg' | 'png' | 'webp'): string
export function evidenceFile(evidenceId: EvidenceId, kind: EvidenceFileKind | 'photo', type = 'jpg'): string {
  if (!/^[a-z0-9][a-z0-9-]{0,79}$/.test(evidenceId)) throw new GatewayError('BODY_INVALID', { field: 'evidenceId' })
  return `${evidenceId}${kind === 'photo' ? `.${type}` : SUFFIX[kind]}`
}

/** What the recording is written to until it is finished. */
export function partFile(file: string): string {
  return file.replace(/\.mp4$/, '.part.mp4')
}

/** What is known of a finished clip: it answers the same order once more, when the first answer was lost in a crash. */
export function resultFile(file: string): string {
  return file.replace(/\.mp4$/, '.result.json')
}

/** True for a finished evidence file that may be served; unfinished ones are not evidence yet. */
export function isServable(file: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,95}\.(mp4|jpg|png|webp|wav|json|zip)$/.test(file)
}
