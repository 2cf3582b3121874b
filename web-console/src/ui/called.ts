/** What somebody or something is called on screen: what the registry says, or in this screen's language what the gateway named itself. */
import type { TFunction } from 'i18next'
import type { Named } from '../../../gateway/core/called.ts'
import type { FollowUp } from '../../../gateway/core/shift.ts'

export const calledText = ({ name, nameEn }: Named, t: TFunction): string =>
  t('common:languageIs') === 'en' ? (nameEn ?? name) : name

/** Who is to be called by a follow-up. */
export const whomText = ({ whom, whomEn }: Pick<FollowUp, 'whom' | 'whomEn'>, t: TFunction): string =>
  calledText({ name: whom, nameEn: whomEn }, t)
