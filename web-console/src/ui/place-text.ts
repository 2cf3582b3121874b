/**
 * Where an incident is, in words: the address, or that the map has it, or that nobody knows. Of whoever is not where the registry says, a vehicle
 * or a person with a locator, the street and its crossing, else the numbers and the cell: a vehicle's address is its firm's, and nobody is to go there.
 */
import type { TFunction } from 'i18next'
import type { GeoPoint, Position } from '../../../gateway/core/geo.ts'
import type { ToldPlace } from '../../../gateway/core/told-place.ts'
import { distanceText } from './time.ts'

/** Nearer than this it is at the crossing. */
const AT_CROSSING_M = 40

/** `present`: where it is now, when that is told. */
export function placeText({ subject, position, fix }: ToldPlace, t: TFunction, present?: Position): string {
  // The cell on the card is that of the press.
  if (present) return streetText(present, t) ?? pointText(present.point)
  const numbers = (point: GeoPoint) => [pointText(point), subject.gridCell?.name].filter(Boolean).join(' · ')
  if (fix) return streetText(fix, t) ?? numbers(fix.point)
  if (subject.kind === 'vehicle') return position ? numbers(position) : t('floor:noAddress')
  return subject.address || t(position ? 'floor:onMap' : 'floor:noAddress')
}

/** The same in a line of a list; empty where nothing is known. */
export function spotText(place: ToldPlace, t: TFunction): string {
  return place.subject.address || place.fix || place.position ? placeText(place, t) : ''
}

export function streetText({ street: found }: Pick<Position, 'street'>, t: TFunction): string | undefined {
  if (!found) return undefined
  const { street, crossing, crossingM = 0 } = found
  if (crossing === undefined) return street
  if (crossingM <= AT_CROSSING_M) return t('words:street.at', { street, crossing })
  return t('words:street.near', { street, crossing, distance: distanceText(crossingM) })
}

export const pointText = ({ lat, lon }: GeoPoint): string => `${lat.toFixed(5)}, ${lon.toFixed(5)}`
