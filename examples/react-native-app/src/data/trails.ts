import type { ImageSourcePropType } from 'react-native';

export type Difficulty = 'easy' | 'moderate' | 'hard';

export interface Trail {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly difficulty: Difficulty;
  readonly kilometres: number;
  readonly climbMetres: number;
  readonly hours: number;
  readonly picture: ImageSourcePropType;
  readonly about: string;
  readonly stops: readonly string[];
}

export const trails: readonly Trail[] = [
  {
    id: 'ridge',
    name: 'Ember Ridge',
    region: 'Northern Range',
    difficulty: 'hard',
    kilometres: 14.2,
    climbMetres: 980,
    hours: 6.5,
    picture: require('../../assets/ridge.png'),
    about: 'A long crest walked into the evening light. Start late, carry a lamp, and stay for the colours.',
    stops: ['Mill bridge', 'Shepherd’s hut', 'Ember summit', 'West saddle'],
  },
  {
    id: 'lake',
    name: 'Stillwater Loop',
    region: 'Lake Country',
    difficulty: 'easy',
    kilometres: 6.8,
    climbMetres: 110,
    hours: 2,
    picture: require('../../assets/lake.png'),
    about: 'Flat and quiet all the way round. The jetty on the far side is the place for breakfast.',
    stops: ['Boathouse', 'Reed bay', 'Far jetty'],
  },
  {
    id: 'forest',
    name: 'Fernhollow',
    region: 'Green Valleys',
    difficulty: 'easy',
    kilometres: 9.1,
    climbMetres: 260,
    hours: 3,
    picture: require('../../assets/forest.png'),
    about: 'Moss, birdsong and seven wooden bridges. Best in the first hour after rain.',
    stops: ['Ranger post', 'Seventh bridge', 'Old oak', 'Clearing'],
  },
  {
    id: 'dunes',
    name: 'Amber Dunes',
    region: 'South Coast',
    difficulty: 'moderate',
    kilometres: 11.4,
    climbMetres: 340,
    hours: 4.5,
    picture: require('../../assets/dunes.png'),
    about: 'Soft sand makes every kilometre count twice. Walk the hard strip by the water on the way back.',
    stops: ['Lighthouse', 'Great dune', 'Driftwood cove'],
  },
  {
    id: 'night',
    name: 'Lantern Path',
    region: 'Northern Range',
    difficulty: 'moderate',
    kilometres: 7.6,
    climbMetres: 420,
    hours: 3.5,
    picture: require('../../assets/night.png'),
    about: 'Marked for walking after dark: reflectors on every post, and the clearest sky of the range.',
    stops: ['Observatory', 'Echo wall', 'Lantern hut'],
  },
];
