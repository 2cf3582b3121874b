/** What somebody or something is called on screen: what the registry says, or in this screen's language what the gateway named itself. */
import type { TFunction } from 'i18next'
import type { Described, Named } from '../../../gateway/core/called.ts'
import type { EvidenceItem } from '../../../gateway/core/incident.ts'
import type { FollowUp } from '../../../gateway/core/shift.ts'

const isEnglish = (t: TFunction): boolean => t('common:languageIs') === 'en'

export const calledText = ({ name, nameEn }: Named, t: TFunction): string => (isEnglish(t) ? (nameEn ?? name) : name)

/** Stored before 2026-11-30, without their English. */
const FOUND = '视频巡查发现'
const IN_CAR = / 车载 (\d+)$/

/** What stands beside the name. */
export function describedText({ description, descriptionEn }: Described, t: TFunction): string | undefined {
  if (!isEnglish(t)) return description
  return descriptionEn ?? (description === FOUND ? t('words:foundOnVideo') : description)
}

/** What made an item of evidence. */
export function madeBy(item: Pick<EvidenceItem, 'cameraName' | 'cameraNameEn'>, t: TFunction): string {
  const { cameraName, cameraNameEn } = item
  if (!isEnglish(t)) return cameraName
  return cameraNameEn ?? cameraName.replace(IN_CAR, (_, channel) => ` ${t('words:inCar', { channel })}`)
}

/** Several names that came as one value. */
export const listText = (names: string, t: TFunction): string => (isEnglish(t) ? names.replaceAll('、', ', ') : names)

/** Who is to be called by a follow-up. */
export const whomText = ({ whom, whomEn }: Pick<FollowUp, 'whom' | 'whomEn'>, t: TFunction): string =>
  calledText({ name: whom, nameEn: whomEn }, t)
