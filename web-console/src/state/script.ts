/** 话术: what the operator says to 110, 119, 120 or 12345, from the record alone, in the order in which they ask. */
import type { TFunction } from 'i18next'
import type { Position } from '../../../gateway/core/geo.ts'
import type { Service } from '../../../gateway/core/hand-over.ts'
import type { Incident } from '../../../gateway/core/incident.ts'
import { drivingText } from '../ui/driving-text.ts'
import { placeText } from '../ui/place-text.ts'

/** Where a vehicle is now, if that is told. */
export interface ScriptNow {
  readonly present: Position | undefined
  readonly nowMs: number
}

export function scriptOf(incident: Incident, service: Service, centre: string, t: TFunction, now: ScriptNow): string {
  const { subject, number, nature, alarmClass, duress, assignments } = incident
  const what = nature ? t(`words:nature.${nature}`) : t(`words:alarmClass.${alarmClass}`)
  const there = assignments.find(order => order.state === 'arrived')?.unitName
  const coming = assignments.find(order => order.state === 'enRoute')?.unitName
  return [
    t('floor:script.who', { centre, number }),
    where(incident, what, t, now),
    ...(service === '120' && subject.medicalNote ? [t('floor:script.medical', { note: subject.medicalNote })] : []),
    ...(subject.accessNote ? [t('floor:script.access', { note: subject.accessNote })] : []),
    ...(subject.phone && !duress ? [t('floor:script.phone', { phone: subject.phone })] : []),
    ...(duress ? [t('floor:script.duress')] : []),
    ...(there
      ? [t('floor:script.there', { unit: there })]
      : coming
        ? [t('floor:script.coming', { unit: coming })]
        : []),
    t('floor:script.ask')
  ].join('')
}

/** Nobody sends help to a taxi's firm, or to the home of whoever pressed elsewhere. */
function where(incident: Incident, what: string, t: TFunction, { present, nowMs }: ScriptNow): string {
  const { subject, fix } = incident
  const { name, address } = subject
  const place = placeText(incident, t, present)
  if (subject.kind === 'vehicle') {
    const told = present ?? fix
    const driving = told && drivingText(told, nowMs, t).replaceAll(' · ', t('patrol:listComma'))
    const known = driving === undefined ? place : t('floor:script.driving', { place, driving })
    return t('floor:script.whereVehicle', { name, what, place: known })
  }
  if (fix) return t('floor:script.whereAway', { name, what, place, address: address || t('floor:noAddress') })
  return t('floor:script.where', { address: address || t('floor:noAddress'), name, what })
}
