/** Asks every vector of the package, in whatever runtime this is, and prints those it was wrong about, as JSON. */
import { expectedOutcome, runVector } from '../vectors/run-vector.ts';
import { readVectorFiles } from '../vectors/vector-files.ts';

const wrong: string[] = [];
let asked = 0;
for (const { name, testGroups } of readVectorFiles()) {
  for (const group of testGroups) {
    for (const test of group.tests) {
      asked++;
      const outcome = JSON.stringify(runVector(group, test));
      if (outcome !== JSON.stringify(expectedOutcome(group, test))) wrong.push(`${name}: ${test.comment}`);
    }
  }
}
console.log(JSON.stringify({ asked, wrong }));
