/** A telephone number of somebody in need or of his people. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { maskedPhone } from '../../../ui/phone.ts'

/** Masked for whoever looks over the shoulder; a press shows it. */
export function Phone({ number }: { readonly number: string }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(false)
  return (
    <button type="button" className="phone n" title={t('floor:person.showPhone')} onClick={() => setShown(!shown)}>
      {shown ? number : maskedPhone(number)}
    </button>
  )
}
