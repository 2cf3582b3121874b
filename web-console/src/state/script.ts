/** 话术: what the operator says to 110, 119, 120 or 12345, from the record alone, in the order in which they ask. */
import type { TFunction } from 'i18next'
import type { Service } from '../../../gateway/core/hand-over.ts'
import type { Incident } from '../../../gateway/core/incident.ts'

export function scriptOf(incident: Incident, service: Service, centre: string, t: TFunction): string {
  const { subject, number, nature, alarmClass, duress, assignments } = incident
  const what = nature ? t(`words:nature.${nature}`) : t(`words:alarmClass.${alarmClass}`)
  const there = assignments.find(order => order.state === 'arrived')?.unitName
  const coming = assignments.find(order => order.state === 'enRoute')?.unitName
  return [
    t('floor:script.who', { centre, number }),
    t('floor:script.where', { address: subject.address || t('floor:noAddress'), name: subject.name, what }),
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
