/** Why something was not done and what to do, in the words of the language; the code follows for the engineer only when there are no words. */
import type { TFunction } from 'i18next'
import { Refusal } from '../wire/api.ts'

export function refusalText(error: unknown, t: TFunction): string {
  if (!(error instanceof Refusal)) return t('words:error.UNKNOWN')
  const { detail } = error
  const seconds = Number(detail.waitS ?? 60)
  return t([`words:error.${error.code}`, 'words:error.UNKNOWN'], { ...detail, seconds })
}
