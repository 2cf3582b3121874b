/** 共用号码: all who share the telephone that called, side by side; nobody knows which of them it is. */
import { useTranslation } from 'react-i18next'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import { Phone } from './phone.tsx'
import './shared.css'

export function Sharers({ incident }: { readonly incident: Incident }) {
  const { t } = useTranslation()
  const { shared } = incident.subject
  if (!shared) return null
  return (
    <>
      <p>
        <b>{t('floor:person.sharedBy', { count: shared.length })}</b>
      </p>
      <ul className="sharers" aria-label={t('floor:person.sharedBy', { count: shared.length })}>
        {shared.map(({ id, name, address, description, phone, contacts }) => (
          <li key={id}>
            <b>{name}</b> {address} {description && <span className="m">{description}</span>}{' '}
            {phone && <Phone number={phone} />}
            {contacts?.map(contact => (
              <span key={contact.phone} className="m">
                {' '}
                {contact.name} {contact.relation} <Phone number={contact.phone} />
              </span>
            ))}
          </li>
        ))}
      </ul>
    </>
  )
}
