/** Who lives and works in the simulated town. Every name is invented; every telephone number begins with 000 and cannot exist. */

export interface Person {
  readonly name: string
  readonly about: string
  readonly medicalNote?: string
  readonly accessNote?: string
  /** What is said when all is well, and under duress. */
  readonly phrases?: readonly [safe: string, duress: string]
  readonly contacts?: readonly (readonly [name: string, relation: string, phone: string])[]
  /** Building, entrance and flat where the plan of the mock-ups fixes them. */
  readonly flat?: readonly [building: number, entrance: number, room: string]
}

const p = (name: string, about: string, more: Omit<Person, 'name' | 'about'> = {}): Person => ({ name, about, ...more })

/** Ten households each, in the order of their telephones. `block` is column and row of the grid. */
export const NEIGHBOURS: readonly {
  readonly id: string
  readonly name: string
  readonly block: readonly [number, number]
  readonly people: readonly Person[]
}[] = [
  {
    id: 'group-1',
    name: '文昌街西段十户联防',
    block: [0, 1],
    people: [
      p('吴国平', '男 58 岁 夫妻二人', { medicalNote: '糖尿病，口服药' }),
      p('林桂英', '女 66 岁 与孙女同住', { phrases: ['孙女还没放学', '孙女在楼下买酱油'] }),
      p('郑志强', '男 41 岁 一家三口'),
      p('叶美珍', '女 72 岁 独居', {
        medicalNote: '骨质疏松，行走用助行器',
        contacts: [['叶建峰', '儿子', '00013900441']]
      }),
      p('周明辉', '男 35 岁 夜班多', { accessNote: '白天休息，敲门请久等' }),
      p('缪秀琴', '女 49 岁 一家四口'),
      p('何文斌', '男 63 岁 夫妻二人', { medicalNote: '冠心病' }),
      p('黄丽娟', '女 38 岁 母女二人'),
      p('谢德昌', '男 77 岁 夫妻二人', { medicalNote: '中风后左侧无力', contacts: [['谢敏', '女儿', '00013701182']] }),
      p('孙晓燕', '女 29 岁 合租三人')
    ]
  },
  {
    id: 'group-2',
    name: '杏花巷十户联防',
    block: [1, 3],
    people: [
      p('许振华', '男 61 岁 夫妻二人，楼长', { flat: [1, 1, '102'] }),
      p('陈桂芳', '女 74 岁 独居', {
        medicalNote: '高血压，心脏支架（2023）；听力差，说话请大声慢速',
        accessNote: '2 楼，无电梯；钥匙在 3-101 赵家',
        phrases: ['今天的米汤是甜的', '今天的米汤是咸的'],
        contacts: [
          ['陈立', '儿子，外地', '00013802617'],
          ['赵淑珍', '邻居，有钥匙', '6650113'],
          ['小周', '网格员', '00013609050']
        ],
        flat: [3, 2, '201']
      }),
      p('赵淑珍', '女 62 岁 夫妻二人', { accessNote: '存有 2-201 陈家钥匙', flat: [3, 3, '101'] }),
      p('罗永福', '男 69 岁 独居', { medicalNote: '哮喘，床头有喷雾', flat: [2, 1, '301'] }),
      p('高雅琴', '女 55 岁 一家三口', { flat: [2, 2, '402'] }),
      p('江海涛', '男 44 岁 一家四口', { flat: [4, 1, '501'] }),
      p('魏淑兰', '女 80 岁 与女儿同住', { medicalNote: '轻度失智，夜间会外出', flat: [5, 1, '101'] }),
      p('冯建军', '男 52 岁 夫妻二人，退伍军人', { flat: [6, 2, '202'] }),
      p('潘小梅', '女 33 岁 母子二人', { accessNote: '家中有两岁幼儿', flat: [7, 1, '302'] }),
      p('董长青', '男 67 岁 夫妻二人', { flat: [8, 1, '401'] })
    ]
  },
  {
    id: 'group-3',
    name: '公园路东十户联防',
    block: [4, 1],
    people: [
      p('邱志明', '男 47 岁 一家三口'),
      p('梁玉珠', '女 70 岁 独居', { medicalNote: '白内障，看不清', contacts: [['梁波', '侄子', '00013500726']] }),
      p('宋立新', '男 39 岁 一家五口'),
      p('袁秀芝', '女 64 岁 夫妻二人'),
      p('蔡金水', '男 73 岁 夫妻二人', { medicalNote: '肺气肿，家用制氧机' }),
      p('曾丽萍', '女 45 岁 开裁缝铺', { accessNote: '前店后宅，由侧门进' }),
      p('彭家旺', '男 56 岁 一家四口'),
      p('卢慧敏', '女 31 岁 夫妻二人，怀孕七个月'),
      p('蒋正东', '男 60 岁 独居', { accessNote: '院内养犬一只，拴养' }),
      p('钟月娥', '女 68 岁 夫妻二人')
    ]
  },
  {
    id: 'group-4',
    name: '学府路十户联防',
    block: [3, 5],
    people: [
      p('汪先进', '男 53 岁 一家三口'),
      p('石桂香', '女 76 岁 独居', { medicalNote: '高血压，眩晕', contacts: [['石磊', '儿子', '00013300958']] }),
      p('范国栋', '男 48 岁 教师，一家三口'),
      p('方翠英', '女 59 岁 带两个孙辈'),
      p('任建华', '男 65 岁 夫妻二人', { medicalNote: '肾透析，周二周五不在家' }),
      p('姚红霞', '女 42 岁 一家四口'),
      p('廖天明', '男 37 岁 出租屋房东，十二名租户'),
      p('邹丽华', '女 51 岁 母女二人'),
      p('熊大成', '男 71 岁 独居', { accessNote: '门锁旧，右侧窗可入' }),
      p('金素珍', '女 63 岁 夫妻二人')
    ]
  }
]

/** Elderly people with a one-key button, and where: a point of the plan. */
export const ELDERLY: readonly (Person & { readonly x: number; readonly y: number })[] = [
  {
    ...p('王秀兰', '女 81 岁 独居', { medicalNote: '心律不齐，装起搏器', contacts: [['王海', '儿子', '00013111280']] }),
    x: 508,
    y: 232
  },
  {
    ...p('刘德顺', '男 79 岁 独居', {
      medicalNote: '帕金森，易跌倒',
      accessNote: '钥匙盒在门右，密码问社区',
      contacts: [['刘芸', '女儿', '00013211379']]
    }),
    x: 180,
    y: 821
  },
  {
    ...p('孙玉兰', '女 83 岁 与老伴同住', {
      medicalNote: '糖尿病，曾低血糖昏迷',
      contacts: [['孙涛', '孙子', '00013311483']]
    }),
    x: 96,
    y: 920
  },
  {
    ...p('赵德发', '男 76 岁 独居', { accessNote: '耳背，电话常误按', contacts: [['赵建', '儿子', '00013411576']] }),
    x: 293,
    y: 426
  },
  {
    ...p('钱秀英', '女 88 岁 独居', {
      medicalNote: '卧床，护理员每日 8 时、16 时',
      contacts: [['钱伟', '儿子', '00013511688']]
    }),
    x: 701,
    y: 406
  },
  {
    ...p('李福来', '男 75 岁 夫妻二人', { medicalNote: '慢阻肺', contacts: [['李萍', '女儿', '00013611775']] }),
    x: 896,
    y: 228
  },
  {
    ...p('张凤仙', '女 82 岁 独居', { medicalNote: '髋关节置换', contacts: [['张勇', '儿子', '00013711882']] }),
    x: 1139,
    y: 540
  },
  {
    ...p('胡根生', '男 84 岁 独居', { medicalNote: '高血压', contacts: [['胡兵', '邻居', '00013811984']] }),
    x: 1262,
    y: 426
  },
  {
    ...p('徐巧云', '女 78 岁 与孙子同住', { medicalNote: '视力障碍', contacts: [['徐亮', '孙子', '00013912078']] }),
    x: 855,
    y: 823
  },
  {
    ...p('马长贵', '男 80 岁 夫妻二人', {
      medicalNote: '冠心病，硝酸甘油在床头',
      contacts: [['马莉', '女儿', '00013012180']]
    }),
    x: 1077,
    y: 1069
  }
]

/** Premises with an alarm box: name, point of the plan, who answers, what is there. */
export const PREMISES: readonly {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly keeper: string
  /** Where the door is, when it is not on the nearest street. */
  readonly street?: string
  readonly about: string
  readonly accessNote?: string
}[] = [
  {
    name: '惠民超市',
    x: 1084,
    y: 899,
    street: '建设路',
    keeper: '沈国庆',
    about: '超市，营业 7:00–22:00；01 紧急按钮，02 门磁',
    accessNote: '后门卷帘，钥匙在值班室'
  },
  {
    name: '县粮库',
    x: 970,
    y: 110,
    keeper: '郝守仁',
    about: '粮库，夜间一人值守；01 紧急按钮，02 北墙对射',
    accessNote: '北墙外为空地，正门有门卫'
  },
  {
    name: '临溪实验小学',
    x: 704,
    y: 290,
    keeper: '顾敏',
    about: '小学，门卫二人；01 门卫室按钮',
    accessNote: '北门平时上锁'
  },
  { name: '农商银行青石大街支行', x: 320, y: 403, keeper: '白洁', about: '银行网点；01 柜台按钮，02 金库' },
  { name: '福瑞金店', x: 418, y: 236, keeper: '章海波', about: '金店；01 柜台按钮，02 橱窗震动' },
  { name: '县人民医院急诊', x: 928, y: 407, keeper: '戴医生', about: '医院急诊，全天；01 分诊台按钮' },
  { name: '临溪一中', x: 1108, y: 450, keeper: '夏志刚', about: '中学，门卫三人；01 门卫室按钮' },
  { name: '临溪汽车站', x: 1298, y: 137, keeper: '付永强', about: '客运站，5:30–20:30；01 售票厅按钮' },
  { name: '第二幼儿园', x: 533, y: 586, keeper: '康丽', about: '幼儿园；01 门卫室按钮' },
  { name: '县文化馆', x: 900, y: 586, keeper: '史明', about: '文化馆；01 值班室按钮，02 展厅' },
  {
    name: '工业路加油站',
    x: 1258,
    y: 228,
    street: '工业路',
    keeper: '雷军强',
    about: '加油站，全天；01 收银台按钮',
    accessNote: '严禁烟火'
  },
  { name: '车站旅馆', x: 1383, y: 544, street: '车站路', keeper: '龙小芳', about: '旅馆，52 间；01 前台按钮' },
  { name: '康宁大药房', x: 330, y: 819, keeper: '万晓东', about: '药店，8:00–21:30；01 收银台按钮' },
  { name: '学府书店', x: 340, y: 958, keeper: '段文静', about: '书店；01 收银台按钮' },
  { name: '临溪职业中学', x: 533, y: 1013, keeper: '汤志远', about: '职业中学，门卫二人；01 门卫室按钮' },
  {
    name: '夕阳红敬老院',
    x: 128,
    y: 868,
    keeper: '黎护士长',
    about: '敬老院，62 床；01 值班台按钮',
    accessNote: '夜间走西门'
  },
  { name: '老街茶庄', x: 520, y: 403, keeper: '易秋生', about: '茶叶店；01 柜台按钮' },
  { name: '永兴五金店', x: 1100, y: 228, keeper: '常永兴', about: '五金店；01 柜台按钮，02 后门' },
  { name: '新潮手机店', x: 540, y: 88, keeper: '贺飞', about: '手机店；01 柜台按钮，02 卷帘门' },
  { name: '供销社农资门市', x: 1280, y: 819, keeper: '牛满仓', about: '农资店，有农药；01 柜台按钮' },
  // These two have a box that reports by SIA DC-09.
  { name: '百家便利店', x: 720, y: 958, keeper: '乔小兰', about: '便利店，24 小时；001 收银台按钮，002 后门门磁' },
  {
    name: '溪头村村委会',
    x: 1290,
    y: 1060,
    keeper: '丁守田',
    about: '村委会，有联防报警器；001 值班室按钮，002 仓库红外'
  }
]

/** Car number and driver; the seventh is the one of the mock-ups. */
export const TAXIS: readonly (readonly [car: string, driver: string])[] = [
  ['T0211', '何永强'],
  ['T0105', '周平'],
  ['T0342', '马超'],
  ['T0518', '孙海'],
  ['T0466', '高翔'],
  ['T0720', '唐伟'],
  ['T0637', '李建民'],
  ['T0091', '罗斌'],
  ['T0377', '江波'],
  ['T0158', '徐亮'],
  ['T0603', '冯军'],
  ['T0112', '陈有才'],
  ['T0129', '林东'],
  ['T0174', '郑大勇'],
  ['T0186', '叶青山'],
  ['T0203', '吴小军'],
  ['T0238', '谢长河'],
  ['T0255', '黄海龙'],
  ['T0290', '缪建国'],
  ['T0316', '曾志'],
  ['T0358', '邱明'],
  ['T0381', '梁勇'],
  ['T0409', '宋春雷'],
  ['T0427', '袁利'],
  ['T0455', '蔡文'],
  ['T0503', '彭飞'],
  ['T0549', '卢刚'],
  ['T0571', '蒋涛'],
  ['T0588', '钟华'],
  ['T0692', '汪洋'],
  ['T0715', '苏立群']
]

/** The car whose terminal speaks JT/T 905; all others speak 808. */
export const SPEAKS_905 = 'T0692'

/** The car whose terminal speaks MQTT/JSON. */
export const SPEAKS_MQTT = 'T0715'

export const FLEET = 'fleet-pingan'

/** Patrol units and the community they answer for. */
export const UNITS = [
  {
    id: 'unit-car-07',
    name: '巡防 07 车',
    unitClass: 'patrol',
    memberCount: 2,
    vehicle: 'car',
    speedKmh: 32,
    cell: 'cell-03'
  },
  {
    id: 'unit-motor-18',
    name: '骑巡 18 组',
    unitClass: 'patrol',
    memberCount: 1,
    vehicle: 'motorcycle',
    speedKmh: 28,
    cell: 'cell-04'
  },
  {
    id: 'unit-foot-03',
    name: '步巡 03 组',
    unitClass: 'patrol',
    memberCount: 3,
    vehicle: 'foot',
    speedKmh: 6,
    cell: 'cell-05'
  },
  {
    id: 'unit-foot-09',
    name: '步巡 09 组',
    unitClass: 'auxiliary',
    memberCount: 2,
    vehicle: 'foot',
    speedKmh: 6,
    cell: 'cell-06'
  },
  {
    id: 'unit-police-2',
    name: '派出所 2 号车',
    unitClass: 'police',
    memberCount: 2,
    vehicle: 'car',
    speedKmh: 36,
    cell: 'cell-02'
  },
  {
    id: 'unit-motor-21',
    name: '骑巡 21 组',
    unitClass: 'patrol',
    memberCount: 2,
    vehicle: 'motorcycle',
    speedKmh: 28,
    cell: 'cell-01'
  }
] as const

/** Cameras of shops and houses (社会探头): operators see them only near an open incident. */
export const PRIVATE_CAMERAS: ReadonlySet<string> = new Set(['杏花巷西口', '粮库北墙 红外'])
/** Cameras with a microphone whose sound is wanted. */
export const CAMERAS_WITH_SOUND: ReadonlySet<string> = new Set(['杏花巷东口'])
/** Cameras whose video comes over UDP. */
export const UDP_CAMERAS: ReadonlySet<string> = new Set(['文昌街 建设路'])
