/** The words of a task for the phone: headline, warning, who. */
import type { TFunction } from 'i18next'
import type { Position } from '../../../../gateway/core/geo.ts'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'
import { calledText, describedText } from '../../ui/called.ts'
import { pointText, streetText } from '../../ui/place-text.ts'

/** What it is, in two to four characters: the nature the operator found, else the alarm's class. */
export function headline(task: Pick<PatrolTask, 'nature' | 'alarmClass'>, t: TFunction): string {
  return task.nature ? t(`words:nature.${task.nature}`) : t(`words:alarmClass.${task.alarmClass}`)
}

/** What must not be done, said first; duress outranks the rest (rule 5). */
export function warning(task: PatrolTask, t: TFunction): string | undefined {
  if (task.duress || task.alarmClass === 'duress') return t('patrol:warn.duress')
  if (task.sourceKind === 'taxi') return t('patrol:warn.taxi')
  if (task.nature === 'violence') return t('patrol:warn.violence')
  if (task.nature === 'fire' || task.alarmClass === 'fire') return t('patrol:warn.fire')
  return undefined
}

export function who(task: PatrolTask, t: TFunction): string {
  return [calledText(task, t), describedText(task, t)].filter(Boolean).join(t('patrol:listComma'))
}

/** Where to go: the address, of a vehicle or of whoever is not at home the street, newest first. */
export function placeOf({ address, fix, position }: PatrolTask, t: TFunction, present?: Position): string {
  const told = present ?? fix
  if (told) return streetText(told, t) ?? pointText(told.point)
  return address || (position ? pointText(position) : t('floor:noAddress'))
}
