/** Removes a record; asked once more. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/parts.tsx'

export function Remove({ onRemove, help }: { readonly onRemove: () => void; readonly help?: string | undefined }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  if (!asked)
    return (
      <Button danger onClick={() => setAsked(true)}>
        {t('manage:remove')}
      </Button>
    )
  return (
    <>
      {help && <span className="m">{help}</span>}
      <Button
        danger
        onClick={() => {
          setAsked(false)
          onRemove()
        }}
      >
        {t('manage:removeYes')}
      </Button>
      <Button onClick={() => setAsked(false)}>{t('manage:removeNo')}</Button>
    </>
  )
}
