/** 移交去向: which services are proposed for a nature, in the order in which they were pressed. */
import { useTranslation } from 'react-i18next'
import type { Service } from '../../../../../gateway/core/hand-over.ts'
import type { Nature } from '../../../../../gateway/core/incident.ts'
import type { RunSettingsDetail } from '../../../../../gateway/core/run-settings.ts'
import { Button } from '../../../ui/parts.tsx'
import { type Faults, GroupFaults } from '../fields.tsx'
import type { Typed } from './index.tsx'
import { NATURES, SERVICES } from './shown.ts'

interface RouteTableProps {
  readonly detail: RunSettingsDetail
  readonly typed: Typed
  readonly faults: Faults
  readonly onRoute: (nature: Nature, services: readonly Service[] | undefined) => void
}

export function RouteTable(props: RouteTableProps) {
  const { t } = useTranslation()
  return (
    <section className="wide mng-report" aria-label={t('manage:run.routes')}>
      <h3>{t('manage:run.routes')}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('manage:classRule.situation')}</th>
            <th scope="col">{t('manage:run.services')}</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {NATURES.map(nature => (
            <Route key={nature} nature={nature} {...props} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Route({ nature, detail, typed, faults, onRoute }: RouteTableProps & { readonly nature: Nature }) {
  const { t } = useTranslation()
  const name = t(`words:nature.${nature}`)
  const file = detail.file.routes[nature]
  const set = typed.routes[nature]
  const services = set ?? file
  return (
    <tr>
      <th scope="row">
        {name}
        <GroupFaults field={`route.${nature}`} faults={faults} />
      </th>
      <td>
        <span className="row g4">
          {SERVICES.map(service => {
            const at = services.indexOf(service)
            const place = at >= 0 && services.length > 1 ? at + 1 : undefined
            const isSet = set !== undefined && at !== file.indexOf(service)
            return (
              <button
                key={service}
                type="button"
                className={`mng-press n${at >= 0 ? ' on' : ''}${isSet ? ' set' : ''}`}
                aria-pressed={at >= 0}
                aria-label={[name, service, place].filter(each => each !== undefined).join(' ')}
                onClick={() =>
                  onRoute(nature, at >= 0 ? services.filter(each => each !== service) : [...services, service])
                }
              >
                {place === undefined ? service : `${service} `}
                {place !== undefined && <sup>{place}</sup>}
              </button>
            )
          })}
        </span>
      </td>
      <td>
        {set !== undefined && (
          <Button aria-label={t('manage:run.backOf', { what: name })} onClick={() => onRoute(nature, undefined)}>
            {t('manage:run.back')}
          </Button>
        )}
      </td>
    </tr>
  )
}
