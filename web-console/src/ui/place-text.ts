/** Where an incident is, in words: the address, or that the map has it, or that nobody knows. */
import type { TFunction } from 'i18next'
import type { Incident } from '../../../gateway/core/incident.ts'

export function placeText({ subject, position }: Pick<Incident, 'subject' | 'position'>, t: TFunction): string {
  return subject.address || t(position ? 'floor:onMap' : 'floor:noAddress')
}
