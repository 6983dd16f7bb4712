from . import portal
from . import sheet
