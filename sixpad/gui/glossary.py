"""Every term on the screen in one sentence, for the pointer that rests on it."""

from __future__ import annotations

from textwrap import fill

_SENTENCES = {
    "image": "The drawing as 576 numbers, one for each pixel: 0 is white paper and 1 is black ink.",
    "weights": "A weight says how much ink in its pixel speaks for the digit (orange) or against "
    "it (blue); learning means changing the 576 weights.",
    "evidence": "Each pixel's ink times its weight: what this pixel of your drawing says for or "
    "against the digit.",
    "probability": "How sure the neuron is that your drawing is the digit, from 0 to 100 %.",
    "probabilities": "How sure the ten neurons are of each digit; the ten probabilities add up to "
    "100 %.",
    "softmax": "Softmax turns ten numbers z into ten probabilities that add up to one: "
    "P = eᶻ / Σ eᶻ.",
    "rival": "The evidence for one digit less that for another: the pixels that decide between "
    "the two, and how probable the first is if it is one of them.",
    "sum for": "All evidence for the digit, added up.",
    "sum against": "All evidence against the digit, added up.",
    "bias": "What the neuron believes before it sees any ink; it is learned like a weight.",
    "logit": "The whole evidence: all pixels and the bias added up; above 0 means yes.",
    "sigmoid": "σ squeezes any number z into a probability between 0 and 1: σ(z) = 1 / (1 + e⁻ᶻ).",
    "logit of ten": "The whole evidence: all pixels and the bias added up; the larger beside the "
    "other nine, the more probable the digit.",
    "neurons": "The whole function: multiply the drawing by the weights of all ten neurons, add "
    "up, add the biases, share out with softmax.",
    "neuron": "The whole function: multiply the drawing by the weights, add up, add the bias, "
    "squeeze with σ.",
    "digit": "What the neuron looks for; each digit has a neuron with weights of its own.",
    "digit of ten": "Whose weights and evidence are shown; all ten neurons answer at once.",
    "follow": "After each stroke, looks at the digit that the drawing is taken for.",
    "model": "The ladder of networks: one neuron, ten, a hidden layer before them, convolution "
    "before that; each keeps its own weights.",
    "layers": "The layers before the last one: numbers of neurons, like 128 or 128, 64; for "
    "convolution kernels first, like 5x5x12, 3x3x24, 96.",
    "preparation": "What is done to a drawing before the network sees it: shown as an outline.",
    "as drawn": "Nothing is done: the network sees your drawing where and as large as it is.",
    "deskew": "Sets slanted writing upright first, then centres and fits it.",
    "centre and fit": "Scales your drawing to 20 pixels and moves it to the middle before the "
    "neuron sees it, so that size and place do not matter.",
    "why": "Why the whole network answers so: what each pixel of the drawing says for and against "
    "the digit.",
    "slopes": "What each pixel would change in z if it had a little more ink now, through all "
    "layers: the derivative, with colours as for weights.",
    "gradient × pixel": "Each pixel's ink times what it would change now: for a single neuron it "
    "is exactly X × W.",
    "all biases": "What the biases of all layers come to for this drawing: with the evidence of "
    "all pixels it makes z exactly.",
    "function of layers": "The whole function: each layer multiplies by its weights, adds its "
    "biases and keeps what is positive; softmax shares out.",
    "hidden neuron": "A neuron between the image and the answers: it multiplies what comes in by "
    "its weights and adds up; ReLU keeps what is positive.",
    "activation": "What a unit gives on for this drawing, never below zero (ReLU); the darker or "
    "longer, the more it is excited.",
    "share": "What a unit says in this answer now: its activation times what that changes in z; "
    "orange is for the digit and blue against.",
    "kernel": "A small pattern of weights that is laid over every place of the image; of several "
    "channels the strongest is shown.",
    "convolution": "Kernels that look for the same small pattern at every place; each makes a map "
    "of where it found it, and pooling halves the map.",
    "feature map": "Where a kernel found its pattern in the drawing, place by place: the darker, "
    "the stronger.",
    "pooling": "Of each 2×2 cells of a map only the strongest goes on: where exactly the pattern "
    "was matters less.",
    "receptive field": "The part of the image that a cell of a map looks at: point at a cell, and "
    "it is framed on the canvas.",
    "says for digits": "What this unit speaks for among the ten digits: orange up for it, blue "
    "down against it.",
    "exciting": "Of all drawings that are trained on, those for which this unit gives the highest "
    "value; a frame marks the place that does.",
    "order of units": "As they are numbered, or those with the largest share in this answer first.",
    "keep": "Keeps your drawing for good, as the digit that it is, and clears the canvas; the "
    "digit's key does the same.",
    "correct": "Correct and continue: keeps the drawing and teaches it to the network, in a few "
    "steps that mix it with earlier examples; Undo takes back both, the digit's key goes on to the "
    "next.",
    "pen": "The width of the pen in pixels.",
    "gradient": "For each weight, how the loss would change if that weight grew: a step moves "
    "every weight a little the other way.",
    "loss": "How wrong the answers are on average; training makes it smaller.",
    "training loss": "The loss on the examples of each step, which the neuron learns from, "
    "with the penalty of L2.",
    "validation loss": "The loss on examples that are never trained on: how well it does on "
    "drawings it has not seen.",
    "cross-entropy": "Cross-entropy: minus the logarithm of the probability given to the truth; "
    "to be sure and wrong costs most.",
    "squared-error": "Squared error: the gap between the answer and the truth, squared.",
    "epoch": "One pass over all training examples.",
    "step": "One move of all weights against the gradient, worked out on one batch.",
    "learning rate": "How far a step moves the weights: too small is slow, too large overshoots.",
    "schedule": "Whether the learning rate stays as it is, or falls to nothing by the end of "
    "the run.",
    "falling": "Falling: large steps first to get near, small ones at last to settle exactly.",
    "constant": "Constant: the same learning rate from the first step to the last.",
    "batch size": "How many examples one step looks at before it moves the weights.",
    "optimiser": "The rule that turns a gradient into a move of the weights.",
    "gd": "Gradient descent: move straight against the gradient.",
    "momentum": "Momentum: keep some of the speed of the earlier steps, like a rolling ball.",
    "adam": "Adam: momentum, with a step size of its own for each weight.",
    "l2": "A penalty on large weights, (L2/2)·‖W‖²: it keeps the picture smooth.",
    "smoothing": "The share of the truth that a step leaves to all answers alike, so that no "
    "weight grows without end for the last bit of certainty.",
    "augmentation": "In every step chance moves the examples a little, so that no two steps see "
    "the same ones: where drawings are few, most is gained.",
    "shift": "In every step each example is moved by up to so many pixels, so that exact places "
    "are not learned by heart.",
    "rotation": "In every step each example is turned by up to so many degrees to either side.",
    "scale": "In every step each example is made larger or smaller by up to such a share.",
    "slant": "In every step each example is made to lean by up to so many degrees to either side.",
    "noise": "In every step such a share of each example's pixels is turned over, from ink to "
    "paper and from paper to ink.",
    "other throw": "Shows what the next throw of the dice makes of the drawing; training has its "
    "own in every step.",
    "augmentation off": "Sets all five to nothing: every step sees the examples as they are.",
    "dropout": "The share of the hidden neurons that is left out in a step, so that no neuron "
    "relies on a few others.",
    "seed": "The number that all chance is drawn from: the same seed gives the same training.",
    "settle": "When to stop before the last epoch: once the loss is low enough, or once the "
    "validation loss no longer improves.",
    "data": "Where the examples come from; a fifth of them is kept apart for validation.",
    "sources": "What is trained on: one source, or several mixed, each with its share.",
    "examples of a source": "How many examples a source has; a fifth of them is kept apart for "
    "validation.",
    "written digits": "How many digits sixpad writes: more take longer and teach more.",
    "share of a source": "Which part of an epoch's examples this source gives; without a share it "
    "is divided by how many each has.",
    "in training": "How large each source comes out in an epoch: small ones are repeated, of large "
    "ones only some are taken, so that each has its share.",
    "add my drawings": "Adds what you have drawn and labelled, with a share that gives it weight "
    "beside many others.",
    "mnist": "Digits that Americans wrote in the 1990s, collected by LeCun, Cortes and Burges: "
    "60\u2009000 to train on and 10\u2009000 to test on.",
    "mnist folder": "Takes MNIST from a folder of yours that has its files, packed or not.",
    "files of others": "Examples that lie on this machine already.",
    "images of others": "A folder with ten folders, 0 to 9, of images of that digit.",
    "idx of others": "Two files, images and labels, as MNIST and its relatives come.",
    "unipen of others": "Paths of a pen, as tablets record them.",
    "handwriting": "Digits that sixpad writes by itself, stroke by stroke, no two alike; their "
    "truth is known because they were written on purpose.",
    "variants": "The ways in which people write one digit, and how often each is written here.",
    "other digits": "Writes the sheet anew with other chance.",
    "usual ranges": "Sets all ranges back to those that serve most hands.",
    "new digits": "Writes new digits for every epoch, so that none can be learned by heart; "
    "slower, and for handwriting alone.",
    "use ranges": "Writes the handwriting to train on anew, with these ranges.",
    "device": "What computes: the graphics card by CuPy, or the processor by NumPy.",
    "slow motion": "Shows step after step, a dozen a second, instead of training at full speed.",
    "validation": "Examples kept apart before training, to measure what was really learned.",
    "average precision": "How well the digit is ranked above all others, from 0 to 1; it tells "
    "more than accuracy where only one example in ten is the digit.",
    "f1": "The balance of precision and recall when P above one half means yes; 1 is perfect.",
    "accuracy": "The share of right answers; saying “no” to everything already gives 90 %.",
    "average precision of ten": "How well each digit is ranked above all others, from 0 to 1; "
    "the mean over the ten digits.",
    "f1 of ten": "The balance of precision and recall of each digit, from 0 to 1; the mean over "
    "the ten digits.",
    "accuracy of ten": "The share of drawings whose likeliest digit is the right one; guessing "
    "gives 10 %.",
    "roc auc": "How often an example of the digit is given a higher P than one of another; 0.5 is "
    "guessing and 1 is perfect.",
    "precision": "Of all that is taken for the digit, the share that really is it.",
    "recall": "Of all examples of the digit, the share that is found.",
    "interval": "In 95 of 100 such samples of examples the true score lies in this interval; it "
    "says nothing of another training.",
    "threshold": "The probability above which the answer counts as yes; a higher one finds fewer "
    "of the digits, and is more often right.",
    "precision-recall curve": "What every threshold would give: the higher the curve, the better.",
    "confusion": "How many of each kind were taken for what; the darker a cell off the diagonal, "
    "the more of its row went wrong.",
    "by digit": "How the examples of each digit fare; choose one to see those answered wrong.",
    "examples of a digit": "How many examples of the digit there are.",
    "wrong ones of a digit": "How many of the digit's examples are answered wrong.",
    "right ones of a digit": "The share of the digit's examples that is answered right.",
    "f1 of a digit": "The balance of precision and recall of this digit, from 0 to 1.",
    "average precision of a digit": "How well this digit is ranked above all others, from 0 to 1.",
    "gallery": "What was answered wrong, the surest answer first; choose a cell or a digit above "
    "to see what is in it.",
    "in my drawings": "Shows which of your own drawings are answered in the same way, ready to be "
    "labelled anew.",
    "my drawings": "What you have drawn and labelled, and what you have brought in: kept on this "
    "computer, and never thrown away.",
    "source of a drawing": "How a drawing came here: drawn in this window, corrected, added on the "
    "command line or imported.",
    "answer to a drawing": "What the network in use takes a drawing for, and whether that is what "
    "its label says.",
    "deleted drawings": "What is deleted is out of use and not gone: it can be restored at any "
    "time.",
    "session": "A session is from one start of sixpad to the next: its drawings are near-twins, so "
    "of the later ones about one in five is kept apart as a whole, and the first and the others "
    "are trained on.",
    "order of drawings": "By the time they were made, or by how sure the network is of its answer "
    "to them.",
    "likely wrong labels": "Those first to whose label the network gives the least probability: "
    "mostly slips of the hand, and hard ones.",
    "select drawings": "Click selects one, Ctrl+click one more, Shift+click all up to it, dragging "
    "what the frame touches, Ctrl+A all of them.",
    "relabel": "Says which digit the selected drawings really show: a click, or the digit's key.",
    "delete drawings": "Takes the selected drawings out of use (Delete); they can be restored.",
    "import drawings": "Brings in a folder with a folder for each digit, IDX files, or what "
    "another sixpad has exported; what is here already is left out.",
    "export drawings": "Writes all your drawings as images by digit, as IDX files, or as one file "
    "that another sixpad opens.",
    "evaluate": "Scores of the network on data of your choice, always with the name of the data.",
    "evaluated data": "The examples that the scores come from, prepared as the network's own were.",
    "images a second": "How many examples the training works through in a second.",
    "time left": "How long the run still takes at this speed.",
    "truth": "What the image really shows: its label, also called ground truth.",
    "row vector": "The image unrolled row by row into one row of 576 numbers: this is X.",
    "train": "Runs gradient descent for the set number of epochs; press again to pause.",
    "single step": "Takes one gradient step; of neurons that see the pixels it shows the gradient "
    "∂L/∂W first, then the moved weights.",
    "stop": "Ends the run here; what was learned stays.",
    "reset": "Forgets all that was learned; Undo brings it back.",
    # The Compare page.
    "compare": "The models from the simplest to the deepest, each asked for the same: what your "
    "drawing is, and what the examples are that were kept apart from training.",
    "compared accuracy": "The share of right answers; of the single neuron only of yes and no, "
    "where saying “no” to everything already gives 90 %.",
    "compared average precision": "How well each digit is ranked above all others, from 0 to 1: "
    "the mean over the ten digits.",
    "parameters": "How many numbers it has learned, weights and biases, and the room that they "
    "take on a disk.",
    "training time": "How long its training has taken, all runs together, and for how many "
    "examples times epochs.",
    "learned from": "The examples that it learned from, and how they were prepared; it sees "
    "drawings and examples prepared in the same way.",
    "train the ladder": "Trains the models that are missing one after the other, or all of them "
    "further, each with its own settings, on the same examples.",
    "train one rung": "Trains this model with its own settings, and comes back to the one in use.",
    "stop the ladder": "Holds the training where it is, goes back to the model that was in use, "
    "and keeps all that was learned.",
    "position map": "P of the digit at each shift of the drawing by up to 12 pixels: ink for "
    "100 %, paper for 0; what slides off the canvas is lost, and nothing is centred again.",
    "near shifts": "Of the 81 shifts by up to 4 pixels, inside the frame, those where it still "
    "says the digit.",
}  # fmt: skip

# Qt leaves plain text on one line, however long; this many letters are well read.
TIP_WIDTH = 56
TERMS = {term: fill(sentence, TIP_WIDTH) for term, sentence in _SENTENCES.items()}
