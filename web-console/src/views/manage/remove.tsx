/** Removes a record; asked once more. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/parts.tsx'

interface RemoveProps {
  readonly onRemove: () => void
  readonly help?: string | undefined
  /** Other words than those of removing. */
  readonly word?: string
  readonly yes?: string
  readonly no?: string
}

export function Remove({ onRemove, help, word, yes, no }: RemoveProps) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  if (!asked)
    return (
      <Button danger onClick={() => setAsked(true)}>
        {word ?? t('manage:remove')}
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
        {yes ?? t('manage:removeYes')}
      </Button>
      <Button onClick={() => setAsked(false)}>{no ?? t('manage:removeNo')}</Button>
    </>
  )
}
