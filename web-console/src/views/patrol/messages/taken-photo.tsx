/** The photo that goes with what is written, until it is sent or taken away; and that one could not be read. */
import { useTranslation } from 'react-i18next'
import { PhoneButton } from '../parts.tsx'

interface TakenPhotoProps {
  /** Undefined: none is held. */
  readonly url: string | undefined
  readonly unreadable: boolean
  onDrop(): void
}

export function TakenPhoto({ url, unreadable, onDrop }: TakenPhotoProps) {
  const { t } = useTranslation()
  return (
    <>
      {url && (
        <div className="row g8">
          <img className="held-photo" src={url} alt={t('patrol:message.photo')} />
          <PhoneButton kind="quiet" onPress={onDrop}>
            {t('patrol:message.without')}
          </PhoneButton>
        </div>
      )}
      {unreadable && (
        <p className="t-red" role="alert">
          {t('patrol:message.unreadable')}
        </p>
      )}
    </>
  )
}
