/** What the shapes on the map mean. */
import { useTranslation } from 'react-i18next'
import { PriorityShape } from '../../ui/priority.tsx'
import { UnitArrow } from './pins.tsx'

export function Legend() {
  const { t } = useTranslation()
  return (
    <div className="legend row">
      <span className="row g6">
        <PriorityShape priority={1} size={14} />
        {t('map:legend.incident')}
      </span>
      <span className="row g6">
        <UnitArrow state="available" size={14} />
        {t('words:unitState.available')}
      </span>
      <span className="row g6">
        <UnitArrow state="enRoute" size={14} />
        {t('words:unitState.enRoute')}
      </span>
      <span className="row g6">
        <UnitArrow state="onScene" size={14} />
        {t('words:unitState.onScene')}
      </span>
      <span className="row g6">
        <UnitArrow state="available" stale size={14} />
        {t('map:legend.stale')}
      </span>
      {(['road', 'straight'] as const).map(by => (
        <span key={by} className="row g6 legend-more">
          <i className={`legend-way ${by}`} aria-hidden="true" />
          {t(`map:legend.${by}`)}
        </span>
      ))}
      <span className="row g6 legend-more">
        <i className="legend-taxi" aria-hidden="true" />
        {t('map:legend.taxi')}
      </span>
      <span className="row g6 legend-more">
        <i className="legend-camera" aria-hidden="true" />
        {t('map:legend.camera')}
      </span>
      <span className="row g6 legend-more">
        <i className="legend-cluster n" aria-hidden="true">
          12
        </i>
        {t('map:legend.cluster')}
      </span>
    </div>
  )
}
